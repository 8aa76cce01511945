package nnc.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import nnc.Compiler;
import nnc.Said;
import nnc.draw.ColourMap;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.runtime.base.Tensor;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Column;
import nnc.runtime.data.Table;
import nnc.runtime.files.Npz;
import nnc.runtime.train.Evaluator;
import nnc.runtime.train.Interrupt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Pictures of networks; oracles: what the network says, weights that were set, and losses that are computed otherwise. */
@ResourceLock(Resources.SYSTEM_OUT)
class NetworkPicturesTest {
  private static final Pattern PIXELS = Pattern.compile("data:image/png;base64,([^\"]*)");

  @TempDir
  Path folder;

  private NetworkView view(String program, Map<String, Tensor> data) throws Exception {
    var file = Files.writeString(folder.resolve("p.nn"), program);
    var model = Compiler.load(Compiler.compile(file, CompilerOptions.standard())).initialised(3);
    var columns = data.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(array -> Column.of(array.getValue(), array.getKey())).toList();
    return new NetworkView(model, new Compilation(file, CompilerOptions.standard()).outputs(), Table.of("examples", columns), "test", Threads.shared());
  }

  private static Tensor drawn(long seed, int... shape) {
    return new Tensor(shape, new Random(seed).doubles(Arrays.stream(shape).reduce(1, (a, b) -> a * b), -1, 1).toArray());
  }

  private static Tensor labels(long seed, int count, int classes) {
    return new Tensor(new int[] {count}, new Random(seed).ints(count, 0, classes).toArray());
  }

  private static String text(Drawing drawing) {
    return new String(drawing.content(), StandardCharsets.UTF_8);
  }

  private static BufferedImage pixels(Drawing drawing) throws Exception {
    if (drawing.isPng()) {
      return ImageIO.read(new ByteArrayInputStream(drawing.content()));
    }
    var match = PIXELS.matcher(text(drawing));
    assertThat(match.find()).isTrue();
    return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(match.group(1))));
  }

  private static void requireWellFormed(Drawing drawing) throws Exception {
    if (!drawing.isPng()) {
      var root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(drawing.content())).getDocumentElement();
      assertThat(root.getNodeName()).isEqualTo("svg");
      assertThat(text(drawing)).doesNotContain("NaN").contains("prefers-color-scheme: dark");
    }
  }

  // ---- regions

  @Test
  void regionsHaveTheColoursOfWhatTheNetworkSays() throws Exception {
    var view = view("""
        input point: float[N, 2]
        target label: int[N]
        score = point |> dense(6, tanh) |> dense(1) |> squeeze(1)
        output chance = sigmoid(3 * score)
        loss binary_cross_entropy(score, label)
        """, Map.of("point", drawn(1, 80, 2), "label", labels(2, 80, 2)));
    var drawing = DecisionRegions.of(view).getFirst();
    requireWellFormed(drawing);
    var image = pixels(drawing);
    var points = view.fed(view.inputs().getFirst()).values();
    double[] x = edges(points, 0);
    double[] y = edges(points, 1);
    var context = view.model().context("predict", 1);
    for (int k = 0; k < 60; k++) {
      int column = 7 * k % image.getWidth();
      int row = 11 * k % image.getHeight();
      context.batch(1);
      context.input("point").set(new double[] {x[0] + (column + 0.5) / image.getWidth() * (x[1] - x[0]), y[1] - (row + 0.5) / image.getHeight() * (y[1] - y[0])});
      context.run();
      int expected = ColourMap.DIVERGING.at(context.output("chance").get(0));
      for (int shift = 0; shift < 24; shift += 8) {
        assertThat(image.getRGB(column, row) >> shift & 0xff).isCloseTo(expected >> shift & 0xff, within(1));
      }
    }
    assertThat(text(drawing).split("<circle")).as("points").hasSize(81);
  }

  /** From the least to the largest coordinate and twelve hundredths more each way. */
  private static double[] edges(double[] points, int axis) {
    var all = IntStream.range(0, points.length / 2).mapToDouble(i -> points[2 * i + axis]).summaryStatistics();
    double margin = 0.12 * (all.getMax() - all.getMin());
    return new double[] {all.getMin() - margin, all.getMax() + margin};
  }

  @Test
  void severalClassesHaveAColourEach() throws Exception {
    var view = view("""
        input x: float[N]
        input y: float[N]
        target kind: int[N]
        logits = stack([x, y, 0 * x], axis = 1)
        output probability = softmax(20 * logits)
        loss cross_entropy(logits, kind)
        """, Map.of("x", drawn(1, 50), "y", drawn(2, 50), "kind", labels(3, 50, 3)));
    var image = pixels(DecisionRegions.of(view).getFirst());
    int last = image.getWidth() - 1;
    // the lower left corner is below zero in both, so the third is the largest
    assertThat(nearest(image.getRGB(0, last))).isEqualTo(2);
    assertThat(nearest(image.getRGB(last, last))).isEqualTo(0);
    assertThat(nearest(image.getRGB(0, 0))).isEqualTo(1);
  }

  private static int nearest(int rgb) {
    return IntStream.range(0, 3).boxed().min((a, b) -> Integer.compare(distance(rgb, ColourMap.series(a)), distance(rgb, ColourMap.series(b)))).orElseThrow();
  }

  private static int distance(int a, int b) {
    return IntStream.of(0, 8, 16).map(shift -> Math.abs((a >> shift & 0xff) - (b >> shift & 0xff))).sum();
  }

  // ---- weights and pictures

  private static final String DIGITS = """
      input image: float[N, 4, 5]
      x = flatten(image)
      code = x |> dense(3)
      output again = reshape(code |> dense(20), [N, 4, 5])
      output code
      loss mse(again, image)
      """;

  @Test
  void unitsAreDrawnAsThePixelsLie() throws Exception {
    var view = view(DIGITS, Map.of("image", drawn(1, 30, 4, 5)));
    var weights = new double[20 * 3];
    // the second unit looks at row 2, column 3 alone
    weights[(2 * 5 + 3) * 3 + 1] = 2;
    weights[(2 * 5 + 4) * 3 + 1] = -2;
    view.model().set("dense.W", new Tensor(new int[] {20, 3}, weights));
    var drawing = WeightPictures.of(view).getFirst();
    assertThat(drawing.file()).isEqualTo("weights-dense.W.png");
    assertThat(drawing.caption()).contains("Blue is -2", "orange 2");
    var image = pixels(drawing);
    int scale = 11;
    int left = 2 + (5 * scale + 2);
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 5; j++) {
        double value = weights[(i * 5 + j) * 3 + 1];
        assertThat(image.getRGB(left + j * scale + 5, 2 + i * scale + 5) & 0xffffff).as("%d, %d", i, j).isEqualTo(ColourMap.DIVERGING.at(0.5 + value / 4));
      }
    }
  }

  @Test
  void reconstructionsStandBelowWhatTheyAreOf() throws Exception {
    var view = view("""
        input image: float[N, 4, 5]
        param scale: float = constant(2)
        output again = image * scale
        loss mse(again, image)
        """, Map.of("image", drawn(1, 3, 4, 5)));
    var image = pixels(Reconstructions.of(view).getFirst());
    // twice as large everywhere is the same picture, between its own black and white
    int half = image.getHeight() / 2;
    for (int x = 4; x < image.getWidth(); x += 9) {
      for (int y = 4; y < half - 4; y += 9) {
        assertThat(image.getRGB(x, y)).isEqualTo(image.getRGB(x, y + half - 1));
      }
    }
    assertThat(image.getRGB(7, 7)).isNotEqualTo(image.getRGB(7 + 11, 7));
  }

  @Test
  void codesOfMoreThanTwoNumbersLieAlongTheirComponents() throws Exception {
    var view = view(DIGITS, Map.of("image", drawn(1, 30, 4, 5)));
    var drawing = CodeScatter.of(view).getFirst();
    requireWellFormed(drawing);
    assertThat(drawing.caption()).contains("its 3 numbers differ most");
    assertThat(text(drawing).split("<circle")).hasSize(31);
  }

  /** Oracle: rows that are made of known directions of known lengths. */
  @Test
  void componentsAreThoseOfMostVariance() {
    var random = new Random(5);
    double[] first = {0.6, 0, 0.8};
    double[] second = {0, 1, 0};
    var rows = IntStream.range(0, 400).mapToObj(_ -> {
      double a = 5 * random.nextGaussian();
      double b = 2 * random.nextGaussian();
      return new double[] {a * first[0] + b * second[0], a * first[1] + b * second[1], a * first[2] + b * second[2] + 0.01 * random.nextGaussian()};
    }).toArray(double[][]::new);
    var found = Components.of(rows, 2);
    assertThat(Math.abs(Components.dot(found[0], first))).isGreaterThan(0.99);
    assertThat(Math.abs(Components.dot(found[1], second))).isGreaterThan(0.99);
    assertThat(Components.dot(found[0], found[1])).isCloseTo(0, within(1e-9));
  }

  // ---- losses and gradients

  private static final String LINE = """
      input x: float[N, 3]
      target y: float[N, 2]
      p = x |> dense(2)
      output p
      loss mse(p, y)
      """;

  @Test
  void landscapesAreLosses() throws Exception {
    var view = view(LINE, Map.of("x", drawn(1, 40, 3), "y", drawn(2, 40, 2)));
    var random = new Random(1);
    double[][] directions = {random.doubles(8, -1, 1).toArray(), random.doubles(8, -1, 1).toArray()};
    var heights = LossLandscape.around(view, directions);
    var middle = LossLandscape.weights(view);
    assertThat(heights).hasDimensions(21, 21);
    for (int[] at : new int[][] {{10, 10}, {0, 20}, {4, 7}}) {
      var moved = view.model().copy();
      var weights = IntStream.range(0, 8).mapToDouble(i -> middle[i] + (at[1] / 10.0 - 1) * directions[0][i] + (at[0] / 10.0 - 1) * directions[1][i]).toArray();
      moved.set("dense.W", new Tensor(new int[] {3, 2}, Arrays.copyOf(weights, 6)));
      moved.set("dense.b", new Tensor(new int[] {2}, Arrays.copyOfRange(weights, 6, 8)));
      var loss = new Evaluator(moved, view.table(), 1, Threads.shared()).run(new Interrupt()).getFirst().values()[0];
      assertThat(heights[at[0]][at[1]]).isCloseTo(loss, within(1e-6));
    }
    assertThat(LossLandscape.weights(view)).as("the network's own weights stay").isEqualTo(middle);
    requireWellFormed(LossLandscape.random(view, 1));
    requireWellFormed(LossLandscape.path(view, List.of(new double[8], middle.clone(), new double[] {1, 0, 0, 0, 0, 0, 0, 0}, middle)));
  }

  /** Oracle: the formula of the gradient of a mean of squares. */
  @Test
  void gradientsAreThoseOfTheLoss() throws Exception {
    var view = view(LINE, Map.of("x", drawn(1, 40, 3), "y", drawn(2, 40, 2)));
    var gradients = LayerHistograms.gradients(view.model(), view.table(), Threads.shared());
    var p = view.output(view.outputs().getFirst()).values();
    var y = ((double[]) view.table().column("y").data());
    double bias = IntStream.range(0, 40).mapToDouble(i -> 2 * (p[2 * i + 1] - y[2 * i + 1]) / 80).sum();
    assertThat(gradients.get("dense.b")[1]).isCloseTo(bias, within(1e-5));
    var drawing = LayerHistograms.of(view, gradients).getFirst();
    requireWellFormed(drawing);
    assertThat(text(drawing)).contains("dense.W", "dense.b", "size of gradient");
  }

  // ---- histories

  @Test
  void historiesKeepTheMeanOfStepsHoweverMany() {
    var history = new TrainingHistory();
    var losses = new Random(1).doubles(1 << 14, 0, 3).toArray();
    for (int i = 0; i < losses.length; i++) {
      history.step(i + 1, losses[i]);
    }
    assertThat(history.losses().length).isBetween(1024, 2048);
    assertThat(DoubleStream.of(history.losses()).average().orElseThrow()).isCloseTo(DoubleStream.of(losses).average().orElseThrow(), within(1e-12));
    assertThat(DoubleStream.of(history.steps()).average().orElseThrow()).isCloseTo((1 + losses.length) / 2.0, within(1e-9));
  }

  // ---- from the command line

  private static final String BLOBS = """
      input  point: float[N, 2]
      target label: float[N]
      logit = point |> dense(8, tanh) |> dense(1) |> squeeze(1)
      output probability = sigmoid(logit)
      loss   binary_cross_entropy(logit, label)
      metric accuracy = mean((logit > 0) == (label > 0.5))
      data   { train = circle(120, seed = 1)  validate = split(train, 0.25)  test = circle(60, seed = 2) }
      train  { optimizer = adam(0.03)  batch = 10  epochs = 6 }
      """;

  private Path program() throws Exception {
    return Files.writeString(folder.resolve("p.nn"), BLOBS);
  }

  @Test
  void trainingDrawsAndLearnsTheSame() throws Exception {
    var plain = Said.byCompiler("train", program().toString(), "--out", folder.resolve("a.npz").toString());
    assertThat(plain.code()).as(plain.all()).isZero();
    var drawn = Said.byCompiler("train", program().toString(), "--out", folder.resolve("b.npz").toString(), "--pictures", folder.resolve("pics").toString());
    assertThat(drawn.code()).as(drawn.all()).isZero();
    var a = Npz.read(folder.resolve("a.npz"));
    var b = Npz.read(folder.resolve("b.npz"));
    assertThat(b.keySet()).isEqualTo(a.keySet());
    a.forEach((name, array) -> assertThat(b.get(name).toDoubles()).as(name).isEqualTo(array.toDoubles()));
    try (var files = Files.list(folder.resolve("pics"))) {
      assertThat(files.map(file -> file.getFileName().toString())).contains("index.html", "curves.svg", "regions-probability.svg", "confusion-probability.svg", "histograms.svg", "landscape.svg",
          "path.svg", "weights-dense.W.png");
    }
    var page = Files.readString(folder.resolve("pics/index.html"));
    assertThat(Pattern.compile("<img src=\"([^\"]+)\"").matcher(page).results().map(match -> match.group(1)).toList()).isNotEmpty()
        .allSatisfy(file -> assertThat(folder.resolve("pics").resolve(file)).exists());
    assertThat(Files.readString(folder.resolve("pics/curves.svg"))).contains("validation", "accuracy", "loss of steps");
  }

  @Test
  void whatWasLearnedIsShown() throws Exception {
    assertThat(Said.byCompiler("train", program().toString(), "--out", folder.resolve("w.npz").toString()).code()).isZero();
    var said = Said.byCompiler("show", program().toString(), "--weights", folder.resolve("w.npz").toString(), "-o", folder.resolve("shown").toString(), "--layer", "logit");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("pictures in");
    try (var files = Files.list(folder.resolve("shown"))) {
      var names = files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(ArrayList::new));
      assertThat(names).contains("regions-probability.svg", "regions-logit.svg", "landscape.svg").doesNotContain("curves.svg", "path.svg");
    }
  }

  @Test
  void whatCannotBeShownIsSaid() throws Exception {
    assertThat(Said.byCompiler("show", program().toString()).code()).isEqualTo(2);
    var missing = Said.byCompiler("show", program().toString(), "--weights", folder.resolve("none.npz").toString());
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err()).contains("none.npz");
    assertThat(Said.byCompiler("train", program().toString(), "--epochs", "1", "--out", folder.resolve("w.npz").toString()).code()).isZero();
    var unknown = Said.byCompiler("show", program().toString(), "--weights", folder.resolve("w.npz").toString(), "--layer", "logits");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("logits", "logit");
    Files.writeString(folder.resolve("file"), "x");
    var blocked = Said.byCompiler("train", program().toString(), "--epochs", "1", "--out", folder.resolve("v.npz").toString(), "--pictures", folder.resolve("file").toString());
    assertThat(blocked.code()).isEqualTo(1);
    assertThat(blocked.err()).contains("the folder cannot be made");
    assertThat(Files.readString(folder.resolve("file"))).isEqualTo("x");
    assertThat(Said.byCompiler("train", program().toString(), "--watch", "99999").code()).isEqualTo(2);
  }
}
