package nnc.playground;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nnc.runtime.base.Fault;

/**
 * Reads from a program what the page's controls would say: the program must be the one that {@link ProgramWriter} writes for that, but for spaces, comments and
 * how numbers are written. All other programs are their author's own.
 */
final class ProgramReader {
  private static final String NUMBER = "([0-9.eE+-]+)", TEXT = "\"((?:[^\"\\\\]|\\\\.)*)\"";
  private static final Pattern FEATURES = Pattern.compile("features = concat\\(\\[([^\\]]*)\\]"), HIDDEN = Pattern.compile("hidden\\d+ = \\w+ \\|> dense\\((\\d+), (\\w+)\\)"),
      CLASSES = Pattern.compile("scores = \\w+ \\|> dense\\((\\d+)\\)"), GENERATED = Pattern.compile("train = (\\w+)\\((\\d+), noise = " + NUMBER + ", seed = (\\d+)"),
      TABLE = Pattern.compile("train = csv\\(" + TEXT + ", point = \\[" + TEXT + ", " + TEXT + "\\], label = " + TEXT + "\\)"),
      SCALED = Pattern.compile("output value = guess \\* " + NUMBER + " \\+ \\(" + NUMBER + "\\)"), SPLIT = Pattern.compile("split\\(train, " + NUMBER + "[,)]"),
      TRAINED = Pattern.compile("optimizer = (\\w+)\\(" + NUMBER + "\\) batch = (\\d+) epochs = \\d+ seed = (\\d+)"),
      PENALTY = Pattern.compile("regularize (l1|l2)\\(" + NUMBER);
  private static final Pattern TOKEN = Pattern.compile("#[^\\n]*|(" + TEXT + "|\\w[\\w.]*|[^\\s\\w])");
  private static final Pattern NUMERIC = Pattern.compile("[0-9][0-9.]*([eE][+-]?[0-9]+)?");

  private ProgramReader() {}

  /** The settings of a program; none if it is its author's own. */
  static Optional<PageSettings> read(String text) {
    try {
      var settings = guess(text.replaceAll("(?m)#[^\"\\n]*$", "").replaceAll("\\s+", " "));
      return settings.filter(found -> tokens(ProgramWriter.write(found)).equals(tokens(text)));
    } catch (Fault | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<PageSettings> guess(String text) {
    var trained = TRAINED.matcher(text);
    var features = FEATURES.matcher(text);
    var split = SPLIT.matcher(text);
    if (!trained.find() || !features.find() || !split.find()) {
      return Optional.empty();
    }
    var named = new ArrayList<Feature>();
    for (var expression : features.group(1).split(",")) {
      var feature = Feature.of(expression);
      if (feature.isEmpty()) {
        return Optional.empty();
      }
      named.add(feature.get());
    }
    var layers = new ArrayList<Integer>();
    var activation = "tanh";
    for (var hidden = HIDDEN.matcher(text); hidden.find();) {
      layers.add(Integer.valueOf(hidden.group(1)));
      activation = hidden.group(2);
    }
    int share = 100 - (int) Math.round(100 * Double.parseDouble(split.group(1)));
    var penalty = PENALTY.matcher(text);
    boolean penalised = penalty.find();
    var learning = new PageSettings.Learning(Double.parseDouble(trained.group(2)), trained.group(1), penalised ? penalty.group(1) : "none",
        penalised ? Double.parseDouble(penalty.group(2)) : 0, Integer.parseInt(trained.group(3)), Long.parseLong(trained.group(4)));
    var chosen = activation;
    return data(text, share).map(data -> new PageSettings(data, named, layers, chosen, learning));
  }

  private static Optional<DataChoice> data(String text, int share) {
    var scores = CLASSES.matcher(text);
    int classes = scores.find() ? Integer.parseInt(scores.group(1)) : 0;
    var generated = GENERATED.matcher(text);
    if (generated.find()) {
      return Optional.of(new DataChoice(generated.group(1), Math.max(2, classes), (int) Math.round(100 * Double.parseDouble(generated.group(3))), share,
          Long.parseLong(generated.group(4)), null));
    }
    var table = TABLE.matcher(text);
    if (!table.find()) {
      return Optional.empty();
    }
    var scaled = SCALED.matcher(text);
    boolean measured = scaled.find();
    return Optional.of(new DataChoice(DataChoice.OWN, 2, 0, share, 0, new OwnTable(plain(table, 1), plain(table, 2), plain(table, 3), plain(table, 4), classes,
        measured ? Double.parseDouble(scaled.group(2)) : 0, measured ? Double.parseDouble(scaled.group(1)) : 1)));
  }

  private static String plain(Matcher found, int group) {
    return found.group(group).replaceAll("\\\\(.)", "$1");
  }

  private static List<String> tokens(String text) {
    return TOKEN.matcher(text).results().map(token -> token.group(1)).filter(token -> token != null)
        .map(token -> NUMERIC.matcher(token).matches() ? new BigDecimal(token).stripTrailingZeros().toPlainString() : token).toList();
  }
}
