package nnc.bytecode;

import java.util.Map;
import java.util.function.Function;
import nnc.runtime.engine.Kernels;

/** Emitted classes, loaded without a file. */
public final class MemoryLoader extends ClassLoader implements Function<String, Kernels> {
  private final Map<String, byte[]> classes;

  /** @param classes by file name: as {@link Kernels#file} has it */
  public MemoryLoader(Map<String, byte[]> classes) {
    super(MemoryLoader.class.getClassLoader());
    this.classes = classes;
    Kernels.showTo(this);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    var bytes = name.startsWith(Kernels.PACKAGE) ? classes.get(Kernels.file(name.substring(Kernels.PACKAGE.length()))) : null;
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  /** The kernels of a class without its package; null if there is none. */
  @Override
  public Kernels apply(String name) {
    try {
      return (Kernels) loadClass(Kernels.PACKAGE + name).getConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      return null;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
