package nnc.driver;

import java.util.Map;
import java.util.Optional;
import nnc.runtime.spec.ModelSpec;
import nnc.source.Diagnostics;

/**
 * What comes out: the spec and the classes by file name.
 *
 * @param classes  scalar code, and vector code that may be emitted only when it is asked for
 * @param stages   by purpose, for those who want to look inside
 * @param warnings what the program's author may want to mend
 * @param origin   how it came about; none of what is not compiled for all purposes
 */
public record CompiledProgram(ModelSpec spec, Map<String, byte[]> classes, Map<String, CompiledStage> stages, Diagnostics warnings, Optional<CompilationRecord> origin) {
  /** One that cannot be compiled again by what is known of it. */
  public CompiledProgram(ModelSpec spec, Map<String, byte[]> classes, Map<String, CompiledStage> stages, Diagnostics warnings) {
    this(spec, classes, stages, warnings, Optional.empty());
  }

  /** How many different kernels there are. */
  public int kernels() {
    return stages.values().stream().mapToInt(stage -> stage.lowered().kernels().size()).sum();
  }
}
