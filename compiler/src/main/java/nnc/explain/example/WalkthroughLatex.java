package nnc.explain.example;

import java.util.List;
import java.util.stream.Collectors;
import nnc.explain.example.Walkthrough.Shown;
import nnc.explain.example.Walkthrough.Stage;

/** A walkthrough as a LaTeX document, and as Markdown whose formulas are LaTeX's: arrays as matrices in brackets. */
public final class WalkthroughLatex {
  private WalkthroughLatex() {}

  /** A document by itself; what is between its begin and end can be put into another that uses amsmath. */
  public static String document(Walkthrough walk) {
    var out = new StringBuilder("\\documentclass{article}\n\\usepackage[margin=2cm]{geometry}\n\\usepackage{amsmath}\n\\setcounter{MaxMatrixCols}{20}\n\\begin{document}\n");
    out.append("\\section*{").append(escaped(walk.title())).append("}\n");
    out.append("\\subsection*{Forward}\n");
    walk.stages().forEach(stage -> {
      out.append("\\paragraph{").append(escaped(stage.title())).append("}\n");
      out.append(equations(stage.forward(), false));
      out.append(stage.note().isEmpty() ? "" : escaped(stage.note()) + "\n");
    });
    if (walk.note().isEmpty()) {
      out.append("\\subsection*{Backward}\n");
      back(walk).forEach(stage -> out.append("\\paragraph{").append(escaped(stage.title())).append("}\n").append(equations(stage.backward(), true)));
    } else {
      out.append('\n').append(escaped(walk.note())).append('\n');
    }
    return out.append("\\end{document}\n").toString();
  }

  /** With formulas between double dollars, as GitHub and most editors draw them. */
  public static String markdown(Walkthrough walk) {
    var out = new StringBuilder("# ").append(walk.title()).append("\n\n## Forward\n");
    walk.stages().forEach(stage -> {
      out.append("\n### ").append(stage.title()).append("\n\n").append(formulas(stage.forward(), false));
      out.append(stage.note().isEmpty() ? "" : "\n" + stage.note() + "\n");
    });
    if (walk.note().isEmpty()) {
      out.append("\n## Backward\n");
      back(walk).forEach(stage -> out.append("\n### ").append(stage.title()).append("\n\n").append(formulas(stage.backward(), true)));
    } else {
      out.append('\n').append(walk.note()).append('\n');
    }
    return out.toString();
  }

  private static List<Stage> back(Walkthrough walk) {
    return walk.stages().reversed().stream().filter(stage -> !stage.backward().isEmpty()).toList();
  }

  private static String equations(List<Shown> all, boolean gradients) {
    return all.stream().map(shown -> "\\[ " + equation(shown, gradients) + " \\]\n" + note(shown)).collect(Collectors.joining());
  }

  private static String formulas(List<Shown> all, boolean gradients) {
    return all.stream().map(shown -> "$$ " + equation(shown, gradients) + " $$\n" + note(shown)).collect(Collectors.joining("\n"));
  }

  private static String note(Shown shown) {
    var note = NumberTable.of(shown.value()).note();
    return note.isEmpty() ? "" : "(" + note + ")\n";
  }

  private static String equation(Shown shown, boolean gradient) {
    var name = gradient ? "\\frac{\\partial\\,\\mathrm{loss}}{\\partial\\,%s}".formatted(symbol(shown.of())) : symbol(shown.of());
    return name + (shown.made().isEmpty() ? "" : " = " + symbol(shown.made())) + " = " + matrix(NumberTable.of(shown.value()));
  }

  private static String symbol(String name) {
    return "\\mathrm{" + escaped(name) + "}";
  }

  /** A row stands as a column, as vectors do on slides; a number stands alone. */
  private static String matrix(NumberTable table) {
    var cells = table.cells();
    if (cells.size() == 1 && cells.getFirst().size() == 1) {
      return entry(cells.getFirst().getFirst());
    }
    var rows = cells.size() == 1 ? cells.getFirst().stream().map(List::of).toList() : cells;
    return "\\begin{pmatrix} " + rows.stream().map(row -> row.stream().map(WalkthroughLatex::entry).collect(Collectors.joining(" & "))).collect(Collectors.joining(" \\\\ "))
        + " \\end{pmatrix}";
  }

  private static String entry(String number) {
    return number.equals("...") ? "\\cdots" : number.matches(".*[a-zA-Z]{3}.*") ? "\\mathrm{" + number + "}" : number.replaceAll("e([+-])0*(\\d+)", " \\\\cdot 10^{$1$2}").replace("{+", "{");
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\textbackslash ").replaceAll("([#$%&_{}])", "\\\\$1").replace("^", "\\^{}").replace("~", "\\~{}");
  }
}
