package nnc.driver;

import java.util.Map;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Diagnostics;

/**
 * What comes out: the spec and the classes by file name.
 *
 * @param stages   by purpose, for those who want to look inside
 * @param warnings what the program's author may want to mend
 */
public record CompiledProgram(ModelSpec spec, Map<String, byte[]> classes, Map<String, CompiledStage> stages, Diagnostics warnings) {
  /** How many different kernels there are. */
  public int kernels() {
    return stages.values().stream().mapToInt(stage -> stage.lowered().kernels().size()).sum();
  }
}
