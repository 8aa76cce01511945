package nnc.runtime.train;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import nnc.runtime.base.Text;
import nnc.runtime.files.WeightFile;

/** Training's lines for people: one an epoch; on a terminal, the present epoch's moves. */
public final class TextProgress implements Progress {
  private static final int BAR = 20;
  private static final int USUAL_COLUMNS = 80;
  private static final long INTERVAL_NS = 100_000_000;

  private final PrintStream out;
  private final boolean terminal;
  private final int columns;
  private long shown;
  private int shownAt;
  private double rate;
  private int width;

  /** Lines alone. */
  public static TextProgress plain(PrintStream out) {
    return new TextProgress(out, false);
  }

  public static TextProgress onTerminal(PrintStream out) {
    return new TextProgress(out, true);
  }

  private TextProgress(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
    columns = terminal ? columns() : USUAL_COLUMNS;
  }

  /** The terminal's width, which only the system's own tool tells; 80 where it does not. */
  private static int columns() {
    try {
      var stty = new ProcessBuilder("stty", "size").redirectInput(ProcessBuilder.Redirect.INHERIT)
          .redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
      int width = Integer.parseInt(size.substring(size.indexOf(' ') + 1));
      return width > 0 ? width : USUAL_COLUMNS;
    } catch (IOException | NumberFormatException e) {
      return USUAL_COLUMNS;
    }
  }

  @Override
  public void begin(String summary) {
    out.println(summary);
  }

  @Override
  public void initialised(String file, WeightFile.Fit fit) {
    print(fit.taken().size() + " of " + (fit.taken().size() + fit.missing().size() + fit.other().size()) + " weights from " + file);
    few("not in the file, new", fit.missing());
    few("of another shape, new", fit.other());
    few("in the file, not used", fit.unused());
  }

  private void few(String what, List<String> names) {
    if (!names.isEmpty()) {
      print("  " + what + ": " + WeightFile.listed(names));
    }
  }

  @Override
  public void step(int epoch, int epochs, int done, int examples, double seconds, Supplier<List<Figure>> soFar) {
    if (!terminal || System.nanoTime() - shown < INTERVAL_NS) {
      return;
    }
    long now = System.nanoTime();
    measure(done, now - shown, done / seconds);
    shown = now;
    int filled = (int) ((long) BAR * done / examples);
    var line = new StringBuilder(name(epoch, epochs)).append("  ").append(Text.right(done + "/" + examples, 2 * digits(examples) + 1));
    line.append(" [").append("=".repeat(filled)).append(filled < BAR ? ">" : "").append(" ".repeat(Math.max(0, BAR - filled - 1))).append(']');
    line.append(" ETA ").append(Text.seconds((examples - done) / rate));
    values(soFar.get(), "", line);
    live(line.append("  ").append(Text.rate(rate)).append("/s").toString());
  }

  /** Keeps the rate of the last second or so: while code is still being compiled, the mean over the epoch would say too little. */
  private void measure(int done, long nanos, double mean) {
    double now = done > shownAt ? (done - shownAt) / (nanos / 1e9) : mean;
    rate = rate == 0 || done <= shownAt ? mean : rate + 0.15 * (now - rate);
    shownAt = done;
  }

  private static int digits(int number) {
    return Integer.toString(number).length();
  }

  private static String name(int epoch, int epochs) {
    return "epoch " + Text.right(Integer.toString(epoch + 1), digits(epochs)) + "/" + epochs;
  }

  /** Numbers; tables have no place in a line. */
  private static void values(List<Figure> figures, String prefix, StringBuilder line) {
    for (Figure figure : figures) {
      if (figure.isNumber()) {
        line.append("  ").append(prefix).append(figure.name()).append(' ').append(Text.number(figure.value()));
      }
    }
  }

  private void live(String line) {
    String cut = line.length() >= columns ? line.substring(0, columns - 1) : line;
    out.print("\r" + Text.left(cut, width));
    out.flush();
    width = cut.length();
  }

  /** Prints a line of its own over the moving one. */
  private void print(String line) {
    if (width > 0) {
      out.print("\r" + " ".repeat(width) + "\r");
      width = 0;
    }
    out.println(line);
    out.flush();
  }

  @Override
  public void epoch(Epoch epoch) {
    var line = new StringBuilder(name(epoch.number(), epoch.epochs()));
    values(epoch.training(), "", line);
    if (epoch.validation() != null) {
      values(epoch.validation(), "val_", line);
    }
    line.append("  ").append(Text.seconds(epoch.seconds())).append("  ").append(Text.rate(epoch.examples() / epoch.seconds())).append("/s");
    print(line.toString());
  }

  @Override
  public void note(String kind, String text) {
    print(text);
  }

  @Override
  public void results(String role, int examples, double seconds, List<Figure> figures, List<String> classes) {
    var line = new StringBuilder(role);
    values(figures, "", line);
    line.append("  (").append(Text.grouped(examples)).append(" examples, ").append(Text.seconds(seconds)).append(')');
    print(line.toString());
    for (Figure figure : figures) {
      if (!figure.isNumber() && figure.isTable()) {
        Text.table(figure.rows(classes), out);
      } else if (!figure.isNumber()) {
        print(figure.name() + ": " + Text.grouped(figure.values().length) + " numbers " + Arrays.toString(figure.shape()) + ", which --json prints");
      }
    }
  }
}
