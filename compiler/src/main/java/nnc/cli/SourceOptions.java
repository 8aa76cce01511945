package nnc.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every command that compiles a file takes. */
final class SourceOptions {

  @Parameters(index = "0", paramLabel = "FILE.nn", description = "the program")
  private Path file;

  @Option(names = "-D", paramLabel = "NAME=VALUE", description = "sets a constant of the program; may be repeated")
  private Map<String, String> defines = new LinkedHashMap<>();

  @Option(names = "--precision", paramLabel = "f32|f64", defaultValue = "f32", description = "the float type (default: ${DEFAULT-VALUE})")
  private Precision precision;

  @Option(names = "--without", paramLabel = "PASS", split = ",", description = "switches a pass off; may be repeated")
  private List<String> without = List.of();

  @Option(names = "--after", paramLabel = "PASS", split = ",", description = "prints the graphs after a pass; may be repeated")
  private List<String> after = List.of();

  enum Precision {
    F32(32), F64(64);

    final int bits;

    Precision(int bits) {
      this.bits = bits;
    }
  }

  Path file() {
    return file;
  }

  /** The options as the compiler takes them. */
  Compiler.Options options() {
    return new Compiler.Options(defines, precision.bits, List.copyOf(without), List.copyOf(after), System.out::println);
  }

  Compiler.Options inDouble() {
    return new Compiler.Options(defines, Precision.F64.bits, List.copyOf(without), List.copyOf(after), System.out::println);
  }
}
