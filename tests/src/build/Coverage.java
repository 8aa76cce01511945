import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Prints how many lines and branches of each package the tests have run, from JaCoCo's table: {@code java Coverage.java jacoco.csv}. */
class Coverage {
  private record Share(long missed, long covered) {
    static final Share NONE = new Share(0, 0);

    Share plus(String missedMore, String coveredMore) {
      return new Share(missed + Long.parseLong(missedMore), covered + Long.parseLong(coveredMore));
    }

    @Override
    public String toString() {
      return missed + covered == 0 ? "-" : "%.1f %%".formatted(100.0 * covered / (missed + covered));
    }
  }

  private record Row(Share lines, Share branches) {
    static final Row NONE = new Row(Share.NONE, Share.NONE);

    /** GROUP, PACKAGE, CLASS, instructions missed and covered, branches, lines, complexity, methods. */
    Row plus(String[] cells) {
      return new Row(lines.plus(cells[7], cells[8]), branches.plus(cells[5], cells[6]));
    }
  }

  public static void main(String[] arguments) throws IOException {
    Map<String, Row> packages = new TreeMap<>();
    var all = Row.NONE;
    var table = Files.readAllLines(Path.of(arguments[0]));
    for (var line : table.subList(1, table.size())) {
      var cells = line.split(",");
      packages.merge(cells[1], Row.NONE.plus(cells), (before, more) -> before.plus(cells));
      all = all.plus(cells);
    }
    System.out.printf("%-32s %8s %8s%n", "covered by tests", "lines", "branches");
    packages.forEach((name, row) -> System.out.printf("%-32s %8s %8s%n", name, row.lines, row.branches));
    System.out.printf("%-32s %8s %8s%n", "all", all.lines, all.branches);
  }
}
