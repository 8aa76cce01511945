package nnc.explain.example;

import java.util.ArrayList;
import java.util.List;
import nnc.explain.example.Walkthrough.Shown;
import nnc.explain.example.Walkthrough.Stage;

/** A walkthrough as text: a stage a paragraph, its numbers in columns. */
public final class WalkthroughText {
  private WalkthroughText() {}

  static String label(Shown shown) {
    return shown.made().isEmpty() ? shown.of() : shown.of() + " = " + shown.made();
  }

  static String gradientLabel(Shown shown) {
    return "d loss / d " + shown.of();
  }

  /** All stages, forward and then back. */
  public static String of(Walkthrough walk) {
    var out = new StringBuilder(walk.title()).append("\n\nforward\n");
    walk.stages().forEach(stage -> paragraph(stage.title(), lines(stage.forward(), stage.forward().stream().map(WalkthroughText::label).toList()), stage.note(), out));
    if (walk.note().isEmpty()) {
      out.append("\nbackward\n");
      walk.stages().reversed().stream().filter(stage -> !stage.backward().isEmpty()).forEach(stage -> paragraph(stage.title(), backward(stage), "", out));
    } else {
      out.append('\n').append(walk.note()).append('\n');
    }
    return out.toString();
  }

  static List<String> forward(Stage stage) {
    return lines(stage.forward(), stage.forward().stream().map(WalkthroughText::label).toList());
  }

  static List<String> backward(Stage stage) {
    return lines(stage.backward(), stage.backward().stream().map(WalkthroughText::gradientLabel).toList());
  }

  private static void paragraph(String title, List<String> lines, String note, StringBuilder out) {
    out.append('\n').append(title).append('\n');
    lines.forEach(line -> out.append("  ").append(line).append('\n'));
    if (!note.isEmpty()) {
      out.append("  ").append(note).append('\n');
    }
  }

  /** What each is called, and its numbers beside it. */
  private static List<String> lines(List<Shown> shown, List<String> labels) {
    int width = labels.stream().mapToInt(String::length).max().orElse(0);
    var tables = shown.stream().map(one -> NumberTable.of(one.value())).toList();
    var lines = new ArrayList<String>();
    for (int i = 0; i < tables.size(); i++) {
      var table = tables.get(i);
      var rows = table.lines(shared(table, tables));
      for (int row = 0; row < rows.size(); row++) {
        var label = row == 0 ? labels.get(i) : "";
        var note = row == rows.size() - 1 && !table.note().isEmpty() ? "   (" + table.note() + ")" : "";
        lines.add(label + " ".repeat(width - label.length()) + "  " + rows.get(row) + note);
      }
    }
    return lines;
  }

  /** Arrays of equally many columns stand one below the other. */
  private static int[] shared(NumberTable table, List<NumberTable> tables) {
    var widths = table.widths();
    for (var other : tables) {
      var others = other.widths();
      for (int i = 0; i < widths.length && others.length == widths.length; i++) {
        widths[i] = Math.max(widths[i], others[i]);
      }
    }
    return widths;
  }
}
