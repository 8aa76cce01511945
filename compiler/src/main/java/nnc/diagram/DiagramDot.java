package nnc.diagram;

import java.util.ArrayList;

/** A diagram in the language of Graphviz. */
public final class DiagramDot {
  private final StringBuilder out = new StringBuilder();

  private DiagramDot() {}

  public static String of(Diagram diagram) {
    return new DiagramDot().dot(diagram);
  }

  private String dot(Diagram diagram) {
    line(0, "digraph " + quoted(diagram.title()) + " {");
    line(1, "label=" + quoted(diagram.title()) + "; labelloc=t; fontname=\"sans-serif\";");
    line(1, "node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=11];");
    line(1, "edge [fontname=\"sans-serif\", fontsize=9];");
    diagram.items().forEach(item -> item(item, 1));
    for (var link : diagram.links()) {
      line(1, "n" + link.from() + " -> n" + link.to() + " [label=" + quoted(link.shape()) + "];");
      if (link.gradient()) {
        line(1, "n" + link.to() + " -> n" + link.from() + " [style=dashed, color=\"#c05621\", constraint=false];");
      }
    }
    line(0, "}");
    return out.toString();
  }

  private void item(Diagram.Item item, int depth) {
    switch (item) {
      case Diagram.Box box -> {
        var lines = new ArrayList<String>();
        lines.add(box.head());
        lines.addAll(box.lines());
        box.learned().forEach(path -> lines.add("∂ " + path));
        line(depth, "n" + box.number() + " [label=" + quoted(String.join("\n", lines)) + (box.look() == Diagram.Look.OPERATION ? ", shape=ellipse" : "") + "];");
      }
      case Diagram.Group group -> {
        line(depth, "subgraph cluster_" + group.number() + " {");
        line(depth + 1, "label=" + quoted(group.head()) + "; style=dashed;");
        group.items().forEach(inner -> item(inner, depth + 1));
        line(depth, "}");
      }
    }
  }

  private void line(int depth, String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
