package nnc.reference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A documenting comment, read: sentences, then lines {@code - name: what it means} of parameters, lines {@code Shapes: ...} and so on, and examples. An example
 * on one line is a call with its value, {@code relu(tensor([-1, 2])) = [0, 2]}, or at some steps, {@code warmup(4) at 1, 2 = 0.25, 0.5}; one on several lines,
 * each two blanks in, is a program or its train block, whose outputs may have their type in a comment.
 *
 * @param summary  sentences, in paragraphs
 * @param meanings of parameters, by name
 * @param notes    by label, see {@link #LABELS}
 */
public record DocComment(List<String> summary, Map<String, String> meanings, SequencedMap<String, String> notes, List<String> examples) {
  /** What notes are about, in the order in which they stand. */
  public static final List<String> LABELS = List.of("Shapes", "Source", "Slope", "Checks");

  private static final String EXAMPLE = "Example:";

  /** @throws IllegalArgumentException if a line is none of these */
  public static DocComment of(String text) {
    var summary = new ArrayList<String>();
    var meanings = new LinkedHashMap<String, String>();
    var notes = new LinkedHashMap<String, String>();
    var examples = new ArrayList<String>();
    for (var block : blocks(text)) {
      var line = String.join(" ", block);
      int colon = line.indexOf(": ");
      if (block.getFirst().startsWith(EXAMPLE)) {
        examples.add(block.size() == 1 ? block.getFirst().substring(EXAMPLE.length()).strip()
            : String.join("\n", block.subList(1, block.size())).stripIndent().stripTrailing());
      } else if (line.startsWith("- ") && colon > 0) {
        meanings.put(line.substring(2, colon), line.substring(colon + 2));
      } else if (colon > 0 && LABELS.contains(line.substring(0, colon))) {
        notes.put(line.substring(0, colon), line.substring(colon + 2));
      } else if (meanings.isEmpty() && notes.isEmpty() && examples.isEmpty()) {
        summary.add(line);
      } else {
        throw new IllegalArgumentException("a line of documentation that is no sentence of its beginning, no '- name: ...', no example and none of " + LABELS + ": " + line);
      }
    }
    SequencedMap<String, String> ordered = new LinkedHashMap<>();
    LABELS.stream().filter(notes::containsKey).forEach(label -> ordered.put(label, notes.get(label)));
    return new DocComment(summary, meanings, ordered, examples);
  }

  /** Lines that belong together: what begins none of its own goes on with the one before. */
  private static List<List<String>> blocks(String text) {
    var blocks = new ArrayList<List<String>>();
    boolean open = false;
    for (var line : text.split("\n", -1)) {
      boolean example = !blocks.isEmpty() && blocks.getLast().getFirst().equals(EXAMPLE);
      if (line.isBlank() && !example) {
        open = false;
      } else if (example && (line.isBlank() || line.startsWith("  "))) {
        blocks.getLast().add(line);
      } else if (!open || begins(line)) {
        blocks.add(new ArrayList<>(List.of(line.strip())));
        open = true;
      } else {
        blocks.getLast().add(line.strip());
      }
    }
    return blocks;
  }

  private static boolean begins(String line) {
    return line.startsWith("- ") || line.startsWith(EXAMPLE) || LABELS.stream().anyMatch(label -> line.startsWith(label + ": "));
  }
}
