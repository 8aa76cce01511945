package nnc;

import java.util.Map;
import nnc.bytecode.MemoryLoader;
import nnc.runtime.Model;
import nnc.runtime.spec.ModelSpec;

/** A network that runs by one width's code from its first run on: there is no other, so that nothing is compiled beside the test. */
public final class OneWidth {
  private OneWidth() {}

  /** @param width as the names of classes have it: {@code Scalar}, {@code 128}, {@code 256}, {@code 512} */
  public static Model of(ModelSpec spec, Map<String, byte[]> classes, String width) {
    var loader = new MemoryLoader(classes);
    return Model.of(spec, name -> name.endsWith("Scalar") ? loader.apply(name.replace("Scalar", width)) : null);
  }
}
