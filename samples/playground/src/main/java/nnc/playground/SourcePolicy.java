package nnc.playground;

import java.util.Collection;
import java.util.Set;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ModelSpec.Source;

/**
 * Which data a program of the page may read: generated points, tables that the page was given, and what the program that the playground was opened with reads
 * itself. All else could be any file of the user's.
 */
final class SourcePolicy {
  /** Sources that read no file, parts of sources, and plain arguments. */
  private static final Set<String> HARMLESS = Set.of("circle", "xor", "gauss", "spiral", "plane", "bumps", "split", "fold", "bootstrap", "out_of_bag", "name");

  private SourcePolicy() {}

  /**
   * Looks through a data block.
   *
   * @throws Fault if a source would read another file
   */
  static void check(Collection<Source> sources, ChosenProgram chosen, Set<String> tables) {
    for (var source : sources) {
      if (chosen.reads(source) || isTable(source, tables) || isPlain(source)) {
        continue;
      }
      if (!HARMLESS.contains(source.name())) {
        throw new Fault("line " + source.line() + ": " + source.name() + " would read a file, and programs of the page read their own tables alone",
            "generate points, as by circle(500), or drop a table on the page");
      }
      check(source.arguments(), chosen, tables);
      check(source.named().values(), chosen, tables);
    }
  }

  /** An argument: read by nobody but the source that it is of. */
  private static boolean isPlain(Source source) {
    return Set.of("number", "text", "bool").contains(source.name()) || source.name().equals("list") && source.arguments().stream().allMatch(SourcePolicy::isPlain);
  }

  private static boolean isTable(Source source, Set<String> tables) {
    return source.name().equals("csv") && !source.named().containsKey("file") && source.arguments().size() == 1 && source.arguments().getFirst().value() instanceof String file && tables.contains(file);
  }

  /** Whether a data block reads a table of the page: then files are looked for among these. */
  static boolean readsTables(Collection<Source> sources, Set<String> tables) {
    return sources.stream().anyMatch(source -> isTable(source, tables) || readsTables(source.arguments(), tables) || readsTables(source.named().values(), tables));
  }
}
