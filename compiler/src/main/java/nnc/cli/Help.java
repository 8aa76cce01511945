package nnc.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import nnc.elaborate.Topic;
import nnc.reference.Entry;
import nnc.reference.EntryText;
import nnc.reference.Reference;
import nnc.runtime.cli.Session;

/** {@code nnc help NAME}: the reference in a terminal. */
public final class Help {
  private static final int NARROWEST = 40, WIDEST = 120, USUAL = 100;

  private final Reference reference;
  private final PrintStream out;
  private final int width;
  private final EntryText.Style style;

  private Help(Reference reference, PrintStream out) {
    this.reference = reference;
    this.out = out;
    boolean terminal = out == System.out && Session.onTerminal();
    width = Math.clamp(width(terminal), NARROWEST, WIDEST);
    style = terminal && System.getenv("NO_COLOR") == null ? EntryText.Style.BOLD : EntryText.Style.PLAIN;
  }

  /** All that there is to be told of. */
  public static Reference reference() {
    return Reference.with(CommandReference.entries(Main.COMMANDS));
  }

  /**
   * Tells of a name, or of a topic.
   *
   * @return the exit code: 2 if there is no such name
   */
  static int tell(List<String> arguments, PrintStream out, PrintStream err) {
    var names = new ArrayList<>(arguments);
    boolean json = names.remove("--json");
    if (names.isEmpty()) {
      reference().entries().forEach(entry -> out.println(EntryText.json(entry)));
      return 0;
    }
    var help = new Help(reference(), out);
    for (var name : names) {
      if (!help.tell(name, json)) {
        var near = help.reference.near(name);
        err.println("nnc: error: nothing is called '" + name + "'" + (near.isEmpty() ? "" : "; there is " + String.join(", ", near)));
        err.println("  see: nnc help");
        return 2;
      }
    }
    return 0;
  }

  private boolean tell(String name, boolean json) {
    var entries = reference.named(name);
    var topic = reference.topic(name);
    if (topic.isPresent() && (entries.isEmpty() || !json)) {
      tell(topic.get(), json);
    }
    entries.forEach(entry -> out.println(json ? EntryText.json(entry) : EntryText.of(entry, width, style)));
    if (entries.isEmpty() && topic.isEmpty()) {
      return part(name, json);
    }
    return true;
  }

  /** What the library is made of has no entry, and may be met in its text. */
  private boolean part(String name, boolean json) {
    var part = reference.parts().stream().filter(one -> one.name().equals(name)).findFirst();
    part.ifPresent(one -> out.println(json ? EntryText.json(new Entry(name, "part", one.topic(), one.call(), List.of(), nnc.reference.DocComment.of(""), ""))
        : name + "  a part of the library's " + one.topic().heading().toLowerCase(java.util.Locale.ROOT) + ", which may change" + "\n\n" + one.text().indent(2)));
    return part.isPresent();
  }

  private void tell(Topic topic, boolean json) {
    var entries = reference.of(topic);
    if (json) {
      entries.forEach(entry -> out.println(EntryText.json(entry)));
    } else {
      out.println(EntryText.of(topic, entries, width, style));
    }
  }

  /** All topics, each with how many names it has. */
  static void topics(PrintStream out) {
    out.println("nnc help NAME tells of a function, layer, loss, optimizer, data source, setting, command or option (nnc help conv2d, nnc help --batch), nnc help TOPIC of all of one topic:");
    out.println();
    for (var topic : Topic.values()) {
      out.println("  " + topic.title() + " ".repeat(16 - topic.title().length()) + topic.heading());
    }
  }

  /** Columns of the terminal: as the variable COLUMNS says, else as the terminal says. */
  private static int width(boolean terminal) {
    var columns = System.getenv("COLUMNS");
    if (columns != null && columns.matches("[1-9][0-9]{0,5}")) {
      return Integer.parseInt(columns);
    }
    return terminal ? asked() : USUAL;
  }

  private static int asked() {
    try {
      var process = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip().split(" ");
      return said.length == 2 && said[1].matches("[1-9][0-9]{0,5}") ? Integer.parseInt(said[1]) : USUAL;
    } catch (IOException noTerminal) {
      return USUAL;
    }
  }
}
