package nnc.cli;

import java.util.List;
import nnc.runtime.base.Json;

/** {@code nnc verify}. */
final class VerifyCommand implements Command {
  @Override
  public String name() {
    return "verify";
  }

  @Override
  public String help() {
    return "Compiles the source in a jar again, as the jar says that it was, and compares each entry: nnc verify FILE.jar";
  }

  @Override
  public List<Option> options() {
    return List.of(new Option("--json", "", "prints the result as a JSON object"));
  }

  @Override
  public boolean needsProgram() {
    return false;
  }

  @Override
  public int run(CommandLine given) throws Exception {
    if (!given.hasFile()) {
      throw new WrongUsage("which jar? nnc verify FILE.jar");
    }
    var jar = SourceOptions.path("FILE.jar", given.file());
    var comparison = JarComparison.of(jar);
    if (given.has("--json")) {
      System.out.println(json(comparison));
    } else {
      System.out.print(text(comparison));
    }
    return comparison.isSame() ? 0 : 1;
  }

  private static Json json(JarComparison comparison) {
    return new Json().put("jar", comparison.jar().toString()).put("same", comparison.isSame()).put("compiler", comparison.compiler()).put("here", comparison.here())
        .put("entries", (long) comparison.entries()).put("differs", comparison.differs()).put("missing", comparison.missing()).put("added", comparison.added())
        .put("weights", comparison.weights());
  }

  private static String text(JarComparison comparison) {
    var out = new StringBuilder(comparison.jar().toString()).append(": ");
    if (comparison.isSame()) {
      out.append("each of its ").append(comparison.entries()).append(" entries is what ").append(comparison.here()).append(" makes of the source in it\n");
    } else {
      out.append("not what ").append(comparison.here()).append(" makes of the source in it\n");
      list(out, "differs", comparison.differs());
      list(out, "is missing", comparison.missing());
      list(out, "is not made by nnc", comparison.added());
    }
    comparison.weights().forEach(name -> out.append("  weights, which come from a training: ").append(name).append('\n'));
    if (!comparison.isOfThisCompiler()) {
      out.append("  it was made by ").append(comparison.compiler()).append(": the same bytes are made by the same version alone\n");
    }
    return printable(out.toString());
  }

  /** Names in a jar are a stranger's, and a terminal obeys some characters. */
  private static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\n]]", "?");
  }

  private static void list(StringBuilder out, String what, List<String> names) {
    names.forEach(name -> out.append("  ").append(what).append(": ").append(name).append('\n'));
  }
}
