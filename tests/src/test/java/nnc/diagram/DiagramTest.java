package nnc.diagram;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import nnc.Said;
import nnc.diagram.Diagram.Flow;
import nnc.diagram.Diagram.Look;
import nnc.draw.Area;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.elaborate.Elaborator.Purpose;
import nnc.elaborate.Outline;
import nnc.graph.Graph;
import nnc.graph.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks as diagrams; oracles: the graphs that they are of, the summary of layers, and geometry. */
@ResourceLock(Resources.SYSTEM_OUT)
class DiagramTest {
  private static final Path SAMPLES = Path.of("../samples");
  private static final Pattern PARAMETERS = Pattern.compile("([0-9,]+) parameters?");

  @TempDir
  Path folder;

  private static Compilation compilation(String sample) throws Exception {
    return new Compilation(SAMPLES.resolve(sample + ".nn"), CompilerOptions.standard());
  }

  private static Diagram layers(String sample, Flow flow) throws Exception {
    return LayerDiagram.of(compilation(sample).outline(), sample, LayerDiagram.ALL, flow);
  }

  private Diagram of(String program, Flow flow) throws Exception {
    return LayerDiagram.of(outline(program), "p", LayerDiagram.ALL, flow);
  }

  private Outline outline(String program) throws Exception {
    return new Compilation(Files.writeString(folder.resolve("p.nn"), program), CompilerOptions.standard()).outline();
  }

  private static List<String> heads(Diagram diagram) {
    return diagram.boxes().stream().map(Diagram.Box::head).toList();
  }

  // ---- what is in it

  @ParameterizedTest
  @ValueSource(strings = {"lenet", "resnet", "transformer", "autoencoder", "zoo", "generative/vae", "sequence/attention"})
  void boxesHaveAllParameters(String sample) throws Exception {
    long told = layers(sample, Flow.FORWARD).boxes().stream().flatMap(box -> box.lines().stream()).map(PARAMETERS::matcher).filter(match -> match.matches())
        .mapToLong(match -> Long.parseLong(match.group(1).replace(",", ""))).sum();
    var outline = compilation(sample).outline();
    var used = outline.forward().nodes().stream().filter(node -> node.op() instanceof Op.Parameter).mapToLong(node -> node.type().size().fixed()).sum();
    // what several layers share is told by each
    assertThat(told).isGreaterThanOrEqualTo(used);
    if (List.of("lenet", "resnet", "transformer").contains(sample)) {
      var summary = compilation(sample).elaborate(List.of(Purpose.PREDICT)).get(Purpose.PREDICT).rows();
      assertThat(told).isEqualTo(used).isEqualTo(summary.stream().mapToLong(layer -> layer.parameters()).sum());
    }
  }

  /** Every input leads to every end that it leads to in the graph, and to no other. */
  @ParameterizedTest
  @ValueSource(strings = {"lenet", "resnet", "transformer", "autoencoder", "zoo", "generative/gan", "pictures/siamese"})
  void waysAreThoseOfTheGraph(String sample) throws Exception {
    var outline = compilation(sample).outline();
    var diagram = LayerDiagram.of(outline, sample, LayerDiagram.ALL, Flow.FORWARD);
    var expected = new TreeSet<String>();
    for (var result : outline.forward().results()) {
      for (var node : new Graph("one", outline.forward().nodes(), List.of(result)).needed(_ -> false).nodes()) {
        if (node.op() instanceof Op.Input(var name, _, _)) {
          expected.add(name + " -> " + (result.role() == Graph.Role.OUTPUT ? result.name() : "loss"));
        }
      }
    }
    assertThat(ways(diagram)).isEqualTo(expected);
    assertThat(ways(LayerDiagram.of(outline, sample, 0, Flow.FORWARD))).isEqualTo(expected);
    assertThat(ways(NodeDiagram.of(outline, sample, Flow.FORWARD))).as("every node").isEqualTo(expected);
  }

  private static Set<String> ways(Diagram diagram) {
    var boxes = diagram.boxes().stream().collect(Collectors.toMap(Diagram.Box::number, box -> box));
    var ways = new TreeSet<String>();
    for (var box : boxes.values()) {
      if (box.look() == Look.INPUT || box.look() == Look.TARGET) {
        var seen = new TreeSet<Integer>(Set.of(box.number()));
        var open = new ArrayList<>(seen);
        while (!open.isEmpty()) {
          int at = open.removeLast();
          diagram.links().stream().filter(link -> link.from() == at && seen.add(link.to())).forEach(link -> open.add(link.to()));
        }
        seen.stream().map(boxes::get).filter(end -> end.look() == Look.OUTPUT || end.look() == Look.LOSS)
            .forEach(end -> ways.add(box.head().replace("input ", "").replace("target ", "") + " -> " + (end.look() == Look.OUTPUT ? end.head() : "loss")));
      }
    }
    return ways;
  }

  /** Oracle: the gradients that the compiler takes, and of which it warns that the loss does not depend on something. */
  @Test
  void gradientsFlowWhereTheCompilerTakesThem() throws Exception {
    var diagram = of("""
        input x: float[N, 4]
        target y: float[N, 2]
        used = x |> dense(3, tanh)
        kept = x |> dense(5)
        aside = stop_gradient(x |> dense(3))
        p = (used + aside) |> dense(2)
        output p
        output kept
        loss mse(p, y)
        freeze "dense.*"
        """, Flow.BACKWARD);
    var learned = diagram.boxes().stream().filter(box -> !box.learned().isEmpty()).map(box -> box.lines().getFirst()).toList();
    assertThat(learned).hasSize(1);
    var boxes = diagram.boxes().stream().collect(Collectors.toMap(Diagram.Box::number, Diagram.Box::head));
    assertThat(diagram.links().stream().filter(Diagram.Link::gradient).map(link -> boxes.get(link.from()) + " to " + boxes.get(link.to())))
        .as("from the layer that learns on").containsExactly("dense to mse", "mse to loss");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet", "transformer", "zoo"})
  void whatLearnsHasAGradient(String sample) throws Exception {
    var outline = compilation(sample).outline();
    var gradients = outline.whole().results().stream().filter(result -> result.role() == Graph.Role.GRADIENT || result.role() == Graph.Role.DECLARED_GRADIENT)
        .map(result -> result.name().substring(result.name().lastIndexOf('.') + 1)).collect(Collectors.toSet());
    var told = LayerDiagram.of(outline, sample, LayerDiagram.ALL, Flow.BACKWARD).boxes().stream().flatMap(box -> box.learned().stream())
        .collect(Collectors.toSet());
    assertThat(told).isEqualTo(gradients);
  }

  @Test
  void layersOfTheProgramAreGroups() throws Exception {
    var diagram = layers("transformer", Flow.FORWARD);
    var groups = diagram.items().stream().filter(Diagram.Group.class::isInstance).map(Diagram.Item::head).toList();
    assertThat(groups).containsExactly("block  block.0", "block  block.1");
    assertThat(heads(diagram)).contains("sequence", "embedding", "positional", "layer_norm", "dense, gelu", "per_head", "split", "@", "/ 4", "+", "cross_entropy", "loss", "probability");
    assertThat(heads(LayerDiagram.of(compilation("transformer").outline(), "t", 0, Flow.FORWARD))).contains("block").doesNotContain("per_head", "@");
  }

  // ---- how it is drawn

  @ParameterizedTest
  @ValueSource(strings = {"lenet", "resnet", "transformer", "zoo", "generative/gan", "vision/googlenet"})
  void nothingCoversAnything(String sample) throws Exception {
    var diagram = layers(sample, Flow.FORWARD);
    var drawn = RankedLayout.of(diagram);
    check(diagram.items(), drawn, new Area(0, 0, drawn.width(), drawn.height()));
    for (var line : drawn.lines()) {
      for (int i = 1; i < line.stations().size(); i++) {
        assertThat(line.stations().get(i).y()).as("lines run down").isGreaterThanOrEqualTo(line.stations().get(i - 1).y() - 1e-9);
      }
    }
  }

  private static void check(List<Diagram.Item> items, RankedLayout.Drawn drawn, Area around) {
    for (int i = 0; i < items.size(); i++) {
      var area = drawn.areas().get(items.get(i).number());
      assertThat(area.left() >= around.left() && area.top() >= around.top() && area.right() <= around.right() + 1e-9 && area.bottom() <= around.bottom() + 1e-9)
          .as("%s is inside of what is around it", items.get(i)).isTrue();
      for (int j = 0; j < i; j++) {
        var other = drawn.areas().get(items.get(j).number());
        boolean apart = area.right() < other.left() || other.right() < area.left() || area.bottom() < other.top() || other.bottom() < area.top();
        assertThat(apart).as("%s beside %s", items.get(i), items.get(j)).isTrue();
      }
      if (items.get(i) instanceof Diagram.Group group) {
        check(group.items(), drawn, area);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--backward", "--nodes", "--nodes --backward", "--depth 0"})
  void svgIsWellFormed(String options) throws Exception {
    var out = folder.resolve("x.svg");
    var said = graph(SAMPLES.resolve("lenet.nn").toString(), "-o", out.toString(), options);
    assertThat(said.all()).matches("saved .*x.svg: \\d+ boxes\n");
    var root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(Files.readString(out).getBytes(StandardCharsets.UTF_8))).getDocumentElement();
    assertThat(root.getNodeName()).isEqualTo("svg");
    assertThat(Files.readString(out)).contains("prefers-color-scheme: dark").doesNotContain("NaN");
  }

  private static Said graph(String file, String option, String value, String more) {
    var words = new ArrayList<>(List.of("graph", file, option, value));
    words.addAll(more.isEmpty() ? List.of() : List.of(more.split(" ")));
    return Said.byCompiler(words.toArray(String[]::new));
  }

  @Test
  void dotHasEveryBoxAndLink() throws Exception {
    var out = folder.resolve("x.dot");
    assertThat(graph(SAMPLES.resolve("transformer.nn").toString(), "-o", out.toString(), "").code()).isZero();
    var text = Files.readString(out);
    var diagram = layers("transformer", Flow.FORWARD);
    assertThat(text.lines().filter(line -> line.contains(" -> "))).hasSameSizeAs(diagram.links());
    assertThat(text.lines().filter(line -> line.matches(" *n\\d+ \\[label=.*"))).hasSameSizeAs(diagram.boxes());
    assertThat(text.chars().filter(c -> c == '{').count()).isEqualTo(text.chars().filter(c -> c == '}').count());
  }

  @Test
  void whatCannotBeDrawnIsSaid() throws Exception {
    var program = folder.resolve("p.nn");
    Files.writeString(program, "input x: float[N, 2]\noutput y = x |> dens(3)\n");
    assertThat(Said.byCompiler("graph", program.toString(), "-o", folder.resolve("x.svg").toString()).err()).contains("p.nn:2:", "dense");
    assertThat(folder.resolve("x.svg")).doesNotExist();
    Files.writeString(folder.resolve("mine.svg"), "my notes");
    var kept = Said.byCompiler("graph", SAMPLES.resolve("spiral.nn").toString(), "-o", folder.resolve("mine.svg").toString());
    assertThat(kept.code()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve("mine.svg"))).isEqualTo("my notes");
    assertThat(Said.byCompiler("graph", program.toString(), "--depth", "-1").code()).isEqualTo(2);
    var png = Said.byCompiler("graph", program.toString(), "-o", folder.resolve("x.png").toString());
    assertThat(png.code()).isEqualTo(2);
    assertThat(png.err()).contains("ends in .svg or .dot");
    assertThat(folder.resolve("x.png")).doesNotExist();
    assertThat(Said.byCompiler("graph", program.toString(), "--nodes", "--depth", "1").code()).isEqualTo(2);
  }

  // ---- the pages' pictures

  /** {@code -Dgolden.update=true} draws them anew. */
  @ParameterizedTest
  @ValueSource(strings = {"lenet", "transformer", "autoencoder"})
  void pagesShowWhatIsDrawn(String sample) throws Exception {
    var flows = Map.of("lenet", Flow.BACKWARD);
    var drawn = DiagramSvg.of(layers(sample, flows.getOrDefault(sample, Flow.FORWARD)));
    var file = Path.of("../docs/pictures/graph-" + sample + ".svg");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, drawn);
    }
    assertThat(Files.readString(file)).as("%s, which -Dgolden.update=true draws anew", file).isEqualTo(drawn);
  }
}
