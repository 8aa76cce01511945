package nnc.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import nnc.draw.Scale;
import nnc.pictures.OptimizerRace;
import nnc.pictures.RaceSurface;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.files.AtomicFile;

/** {@code nnc race}: optimizers on their way down a surface. */
final class RaceCommand implements Command {
  private static final String OPTIMIZERS = "sgd,momentum,rmsprop,adam";
  private static final int STEPS = 300, MOST = 100_000;

  @Override
  public String name() {
    return "race";
  }

  @Override
  public String help() {
    return "Draws how optimizers run down a surface; it needs no program.";
  }

  @Override
  public List<Option> options() {
    return List.of(new Option("--surface", "SURFACE", String.join(", ", RaceSurface.names()) + ", or a formula of x and y (beale)"),
        new Option("--optimizers", "LIST", "with commas between them, as a train block has them; one by its name has a rate that suits (" + OPTIMIZERS + ")"),
        new Option("--steps", "N", "how many each may make (" + STEPS + ")"),
        new Option("--start", "X,Y", "where all start"),
        new Option("--area", "X,X,Y,Y", "what is drawn, from and to of x and y"),
        new Option("-o", "FILE.svg", "the file to draw (race.svg)"),
        new Option("--json", "", "an optimizer a line, with its way"));
  }

  @Override
  public boolean needsProgram() {
    return false;
  }

  @Override
  public int run(CommandLine given) {
    boolean json = given.has("--json");
    return Faults.guard(json, () -> {
      var surface = surface(given);
      int steps = Numbers.count(given, "--steps", STEPS, 1);
      if (steps > MOST) {
        throw new WrongUsage("--steps is at most " + MOST + ", not " + steps);
      }
      var out = SourceOptions.drawn("-o", given.one("-o", "race.svg"), ".svg");
      var ways = new ArrayList<OptimizerRace.Way>();
      for (var optimizer : split(given.one("--optimizers", OPTIMIZERS))) {
        ways.add(OptimizerRace.run(surface, optimizer, steps));
      }
      var svg = OptimizerRace.svg(surface, ways);
      AtomicFile.keepOthers(out, "an SVG file", "<svg", "<?xml");
      AtomicFile.write(out, file -> file.write(svg.getBytes(StandardCharsets.UTF_8)));
      if (json) {
        ways.forEach(way -> System.out.println(json(way)));
      } else {
        print(ways, surface);
        System.out.println("saved " + out);
      }
      return 0;
    });
  }

  private static RaceSurface surface(CommandLine given) {
    var name = given.one("--surface", "beale");
    boolean word = name.matches("[a-z_]+") && !name.equals("x") && !name.equals("y");
    if (word && RaceSurface.known(name).isEmpty()) {
      throw new WrongUsage("there is no surface '" + name + "'" + nnc.source.Suggestion.sentence(name, RaceSurface.names()) + "\n  they are " + String.join(", ", RaceSurface.names())
          + ", or a formula such as 'x^2 + 3 * y^2'");
    }
    var surface = RaceSurface.known(name).orElseGet(() -> RaceSurface.of(name));
    var start = given.has("--start") ? numbers(given, "--start", 2) : surface.start();
    var area = given.has("--area") ? numbers(given, "--area", 4) : new double[] {surface.x().low(), surface.x().high(), surface.y().low(), surface.y().high()};
    if (!(area[0] < area[1]) || !(area[2] < area[3])) {
      throw new WrongUsage("--area is from and to of x, then of y: --area=-2,2,-1,3");
    }
    return surface.seen(start, Scale.even(area[0], area[1]), Scale.even(area[2], area[3]));
  }

  private static double[] numbers(CommandLine given, String option, int count) {
    try {
      var numbers = Stream.of(given.one(option, "").split(",")).mapToDouble(Double::parseDouble).toArray();
      if (numbers.length == count && Stream.of(numbers).flatMapToDouble(java.util.stream.DoubleStream::of).allMatch(Double::isFinite)) {
        return numbers;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new WrongUsage(option + " is " + count + " numbers with commas between them, not '" + given.one(option, "") + "'");
  }

  /** At commas outside of parentheses. */
  static List<String> split(String list) {
    var items = new ArrayList<String>();
    var item = new StringBuilder();
    int depth = 0;
    for (char c : list.toCharArray()) {
      depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
      if (c == ',' && depth == 0) {
        items.add(item.toString().strip());
        item.setLength(0);
      } else {
        item.append(c);
      }
    }
    items.add(item.toString().strip());
    if (items.stream().anyMatch(String::isEmpty)) {
      throw new WrongUsage("--optimizers has nothing between two commas: '" + list + "'");
    }
    return items;
  }

  private static String json(OptimizerRace.Way way) {
    return new Json().put("optimizer", way.optimizer()).put("steps", way.steps()).put("x", new int[] {way.x().length}, way.x()).put("y", new int[] {way.y().length}, way.y())
        .put("height", new int[] {way.heights().length}, way.heights()).toString();
  }

  private static void print(List<OptimizerRace.Way> ways, RaceSurface surface) {
    var rows = new ArrayList<String[]>();
    rows.add(new String[] {"optimizer", "steps", "x", "y", "height", ""});
    for (var way : ways) {
      int last = way.steps();
      rows.add(new String[] {way.optimizer(), last + "", Text.number(way.x()[last]), Text.number(way.y()[last]), Text.number(way.heights()[last]), ""});
    }
    System.out.println(surface.name() + " from " + Text.number(surface.start()[0]) + ", " + Text.number(surface.start()[1]));
    Text.table(rows, System.out);
  }
}
