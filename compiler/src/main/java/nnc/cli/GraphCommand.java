package nnc.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import nnc.diagram.Diagram;
import nnc.diagram.DiagramDot;
import nnc.diagram.DiagramSvg;
import nnc.diagram.LayerDiagram;
import nnc.diagram.NodeDiagram;
import nnc.driver.Compilation;
import nnc.runtime.files.AtomicFile;

/** {@code nnc graph}: a network as a diagram. */
final class GraphCommand implements Command {
  /** More nodes than that are no picture, whoever looks at it. */
  private static final int MOST = 3000;

  @Override
  public String name() {
    return "graph";
  }

  @Override
  public String help() {
    return "Draws the network as its layers, with the shapes of what flows between them, as SVG or DOT.";
  }

  @Override
  public List<Option> options() {
    return List.of(new Option("-D", "NAME=VALUE", "sets a constant of the program; may be repeated"),
        new Option("-o", "FILE", "the file to draw, .svg or .dot (default: NAME.svg, or NAME.dot with --dot)"),
        new Option("--backward", "", "gradients as well, beside what they are gradients of"),
        new Option("--nodes", "", "every node of the graph, in the layers that made it"),
        new Option("--depth", "N", "layers of the program that are drawn one in the other (all); 0 draws each as one box"),
        new Option("--dot", "", "in the language of Graphviz"));
  }

  @Override
  public int run(CommandLine given) {
    return Faults.guard(false, () -> {
      int depth = Numbers.count(given, "--depth", LayerDiagram.ALL, 0);
      if (given.has("--nodes") && given.has("--depth")) {
        throw new WrongUsage("--nodes draws all, and --depth chooses");
      }
      var program = SourceOptions.file(given);
      var name = Path.of(given.file()).getFileName().toString().replaceFirst("\\.nn$", "");
      var out = given.has("--dot") ? SourceOptions.path("-o", given.one("-o", name + ".dot")) : SourceOptions.drawn("-o", given.one("-o", name + ".svg"), ".svg", ".dot", ".gv");
      boolean dot = given.has("--dot") || out.toString().endsWith(".dot") || out.toString().endsWith(".gv");
      var outline = new Compilation(program, SourceOptions.of(given)).outline();
      var flow = given.has("--backward") ? Diagram.Flow.BACKWARD : Diagram.Flow.FORWARD;
      var diagram = given.has("--nodes") ? NodeDiagram.of(outline, name, flow) : LayerDiagram.of(outline, name, depth, flow);
      int boxes = diagram.boxes().size();
      if (boxes > MOST && !dot) {
        throw new nnc.runtime.base.Fault("the diagram has " + boxes + " boxes, and more than " + MOST + " are no picture",
            given.has("--nodes") ? "leave --nodes out, or write a file for other programs with --dot" : "draw less of it with --depth 1");
      }
      var text = dot ? DiagramDot.of(diagram) : DiagramSvg.of(diagram);
      AtomicFile.keepOthers(out, dot ? "a DOT file" : "an SVG file", dot ? "digraph" : "<svg", "<?xml");
      AtomicFile.write(out, file -> file.write(text.getBytes(StandardCharsets.UTF_8)));
      System.out.println("saved " + out + ": " + boxes + (boxes == 1 ? " box" : " boxes"));
      return 0;
    });
  }
}
