package nnc.adding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A small addition as changes of files, read from a text whose lines with % are its own: {@code % A scalar function} (the title on the page),
 * {@code % tests: CLASS ...} (what passes when all is done), and for each change {@code % step 2: PATH}, {@code % missed by: javac} or a test, then
 * {@code % find} and {@code % put} with the text before and after, as often as it takes, or {@code % new} with the text of a new file.
 */
record Recipe(String name, String title, List<String> tests, List<Change> changes) {
  static final String JAVAC = "javac";

  /** A text that stands in a file once, and what takes its place. */
  record Edit(String find, String put) {}

  /**
   * @param missedBy what tells who forgets it: javac, or a class of tests with {@code #} and a method
   * @param created  the text of a file that is new
   */
  record Change(int step, String path, String missedBy, List<Edit> edits, Optional<String> created) {
    /** As it is called on the page and in messages. */
    String simpleName() {
      var file = Path.of(path).getFileName().toString();
      return file.endsWith(".java") ? file.substring(0, file.length() - ".java".length()) : file;
    }

    /** The file's text after the change. */
    String applied(Path root) throws IOException {
      if (created.isPresent()) {
        return created.get();
      }
      var text = Files.readString(root.resolve(path));
      for (var edit : edits) {
        int at = text.indexOf(edit.find);
        if (at < 0 || text.indexOf(edit.find, at + 1) >= 0) {
          throw new AssertionError("a recipe in tests/src/test/resources/adding changes " + path + ", where this stands not or not once:\n" + edit.find);
        }
        text = text.substring(0, at) + edit.put + text.substring(at + edit.find.length());
      }
      return text;
    }
  }

  static List<Recipe> all() throws IOException {
    var all = new ArrayList<Recipe>();
    try (var files = Files.list(Path.of("src", "test", "resources", "adding"))) {
      for (var file : files.sorted().toList()) {
        all.add(read(file.getFileName().toString().replace(".txt", ""), Files.readString(file)));
      }
    }
    return all;
  }

  private static Recipe read(String name, String text) {
    var parts = text.substring("% ".length()).split("(?m)^% ");
    var tests = new ArrayList<String>();
    var changes = new ArrayList<Change>();
    for (int i = 1; i < parts.length; i++) {
      var head = parts[i].lines().findFirst().orElseThrow();
      var body = parts[i].substring(head.length() + 1);
      if (head.startsWith("tests: ")) {
        tests.addAll(List.of(head.substring("tests: ".length()).split(" ")));
      } else if (head.startsWith("step ")) {
        int colon = head.indexOf(": ");
        changes.add(new Change(Integer.parseInt(head.substring("step ".length(), colon)), head.substring(colon + 2), "", List.of(), Optional.empty()));
      } else {
        changes.add(with(changes.removeLast(), head, body));
      }
    }
    return new Recipe(name, parts[0].strip(), tests, List.copyOf(changes));
  }

  private static Change with(Change change, String head, String body) {
    if (head.startsWith("missed by: ")) {
      return new Change(change.step, change.path, head.substring("missed by: ".length()), change.edits, change.created);
    }
    if (head.equals("new")) {
      return new Change(change.step, change.path, change.missedBy, change.edits, Optional.of(body));
    }
    var edits = new ArrayList<>(change.edits);
    edits.add(switch (head) {
      case "find" -> new Edit(body, "");
      case "put" -> new Edit(edits.removeLast().find, body);
      default -> throw new IllegalArgumentException("what is this in a recipe: " + head);
    });
    return new Change(change.step, change.path, change.missedBy, edits, change.created);
  }

  /** Everything that is run when all is done. */
  List<String> allTests() {
    var all = new ArrayList<>(tests);
    changes.stream().map(Change::missedBy).filter(by -> !by.equals(JAVAC) && !all.contains(by)).forEach(all::add);
    return all;
  }
}
