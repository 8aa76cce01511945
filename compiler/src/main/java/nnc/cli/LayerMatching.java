package nnc.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which layer of some weights is which of others, after an edit: layers that nobody has named are numbered in their order ({@code dense}, {@code dense_2}), and one that
 * is put before others takes their names. Layers are alike that have weights of the same names and shapes; of those that are numbered as many as possible are matched in
 * their order, as lines of two texts are (a longest common subsequence), and of all ways to do so the one with most names kept. All others are matched by name.
 */
final class LayerMatching {
  /** So many pairs of layers are looked at; of more than that names alone count. */
  private static final long MOST = 1_000_000;

  /** How many layers of a family there are, and in the upper half how many here. */
  private static final int HIGH = 1 << 16, LOW = HIGH - 1;

  private final Map<String, String> origins = new LinkedHashMap<>();
  private final Map<String, List<String>> doubts = new LinkedHashMap<>();

  /** By the path of a layer here, that of the same layer there; what is new here or of other shapes is not in it. */
  Map<String, String> origins() {
    return origins;
  }

  /** By the path of a layer here, those of layers there that it might be as well, by order and shapes; none where it might be new. */
  Map<String, List<String>> doubts() {
    return doubts;
  }

  /** A layer: where it is, and what it is like. */
  private static final class Layer {
    final String path;
    /** The path without numbers that were given to it. */
    String family;
    /** Names and shapes of its weights. */
    String weights = "";

    Layer(String path) {
      this.path = path;
    }
  }

  /**
   * Matches.
   *
   * @param there shapes by the paths of weights, in the order of their program
   * @param here  the same of those that are to be
   */
  static LayerMatching of(Map<String, int[]> there, Map<String, int[]> here) {
    var matching = new LayerMatching();
    List<Layer> old = layers(there);
    List<Layer> now = layers(here);
    Map<String, Integer> counts = new HashMap<>();
    count(old, 1, counts);
    count(now, HIGH, counts);
    matching.align(numbered(old, counts), numbered(now, counts), true);
    matching.byName(old, now);
    matching.align(alone(old, counts), alone(now, counts), false);
    return matching;
  }

  /** The path of the layer that a weight belongs to. */
  static String layer(String weight) {
    int dot = weight.lastIndexOf('.');
    return dot < 0 ? weight : weight.substring(0, dot);
  }

  private static List<Layer> layers(Map<String, int[]> weights) {
    Map<String, Layer> layers = new LinkedHashMap<>();
    for (var weight : weights.entrySet()) {
      String path = layer(weight.getKey());
      Layer layer = layers.computeIfAbsent(path, Layer::new);
      layer.weights += weight.getKey().substring(path.length()) + Arrays.toString(weight.getValue());
    }
    Set<String> places = new HashSet<>();
    for (String path : layers.keySet()) {
      for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
        places.add(path.substring(0, dot));
      }
      places.add(path);
    }
    for (Layer layer : layers.values()) {
      layer.family = family(layer.path, places);
    }
    return new ArrayList<>(layers.values());
  }

  /** Numbers are the compiler's where they are iterations, and where what has none is there too: {@code h_1} and {@code h_2} without {@code h} are names of somebody's. */
  private static String family(String path, Set<String> places) {
    var family = new StringBuilder();
    int end;
    for (int from = 0; from <= path.length(); from = end + 1) {
      int dot = path.indexOf('.', from);
      end = dot < 0 ? path.length() : dot;
      int line = path.lastIndexOf('_', end);
      boolean counted = line > from && isNumber(path, line + 1, end) && places.contains(path.substring(0, line));
      if (!isNumber(path, from, end)) {
        family.append(path, from, counted ? line : end);
      }
      family.append('.');
    }
    return family.toString();
  }

  private static boolean isNumber(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return from < to;
  }

  private static void count(List<Layer> layers, int one, Map<String, Integer> counts) {
    for (Layer layer : layers) {
      counts.merge(layer.family, one, Integer::sum);
    }
  }

  /** Those of which there are several in their program or in the other. */
  private static List<Layer> numbered(List<Layer> layers, Map<String, Integer> counts) {
    List<Layer> several = new ArrayList<>();
    for (Layer layer : layers) {
      int count = counts.get(layer.family);
      if ((count & LOW) > 1 || count / HIGH > 1) {
        several.add(layer);
      }
    }
    return several;
  }

  /** Those of which there are none in the other program. */
  private static List<Layer> alone(List<Layer> layers, Map<String, Integer> counts) {
    List<Layer> others = new ArrayList<>();
    for (Layer layer : layers) {
      int count = counts.get(layer.family);
      if ((count & LOW) == 0 || count / HIGH == 0) {
        others.add(layer);
      }
    }
    return others;
  }

  private void byName(List<Layer> old, List<Layer> now) {
    Map<String, Layer> named = new HashMap<>();
    for (Layer layer : old) {
      named.put(layer.path, layer);
    }
    named.keySet().removeAll(origins.values());
    for (Layer layer : now) {
      Layer same = named.get(layer.path);
      if (same != null && same.weights.equals(layer.weights)) {
        origins.putIfAbsent(layer.path, layer.path);
      }
    }
  }

  /** @param families whether layers are alike only if they are of one family */
  private void align(List<Layer> old, List<Layer> now, boolean families) {
    int rows = old.size();
    int columns = now.size();
    if ((long) rows * columns > MOST) {
      return;
    }
    int[][] alike = new int[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        Layer a = old.get(i);
        Layer b = now.get(j);
        alike[i][j] = !a.weights.equals(b.weights) || families && !a.family.equals(b.family) ? 0 : a.path.equals(b.path) ? 2 : 1;
      }
    }
    // of the same number of pairs those with more names kept weigh more
    int[][] best = longest(alike, rows + columns + 1, columns);
    for (int i = 0, j = 0; i < rows && j < columns;) {
      if (alike[i][j] > 0 && best[i][j] == best[i + 1][j + 1] + value(alike[i][j], rows + columns + 1)) {
        origins.put(now.get(j++).path, old.get(i++).path);
      } else if (best[i][j] == best[i + 1][j]) {
        i++;
      } else {
        j++;
      }
    }
    doubt(old, now, alike);
  }

  private static int value(int alike, int pair) {
    return alike == 0 ? 0 : pair + alike - 1;
  }

  /** Of what is left of both from each place on, the most that pairs come to; a kept name counts one more than a pair. */
  private static int[][] longest(int[][] alike, int pair, int columns) {
    int[][] best = new int[alike.length + 1][columns + 1];
    for (int i = alike.length - 1; i >= 0; i--) {
      for (int j = columns - 1; j >= 0; j--) {
        int both = alike[i][j] == 0 ? 0 : best[i + 1][j + 1] + value(alike[i][j], pair);
        best[i][j] = Math.max(both, Math.max(best[i + 1][j], best[i][j + 1]));
      }
    }
    return best;
  }

  /** A pair is in doubt if as many pairs are found with another in its place: before it, itself, and behind it. */
  private void doubt(List<Layer> old, List<Layer> now, int[][] alike) {
    int rows = old.size();
    int columns = now.size();
    int[][] flags = new int[rows][columns];
    int[][] turned = new int[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        flags[i][j] = Math.min(1, alike[i][j]);
        turned[rows - 1 - i][columns - 1 - j] = flags[i][j];
      }
    }
    int[][] behind = longest(flags, 1, columns);
    int[][] before = longest(turned, 1, columns);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        flags[i][j] = flags[i][j] > 0 && before[rows - i][columns - j] + 1 + behind[i + 1][j + 1] == behind[0][0] ? 1 : 0;
      }
    }
    for (int j = 0; j < columns; j++) {
      doubt(now.get(j).path, j, old, flags);
    }
  }

  /** @param possible by layer there and here whether they are a pair of some longest sequence */
  private void doubt(String path, int column, List<Layer> old, int[][] possible) {
    String chosen = origins.get(path);
    List<String> others = new ArrayList<>();
    boolean elsewhere = false;
    for (int i = 0; i < possible.length; i++) {
      boolean isChosen = old.get(i).path.equals(chosen);
      if (possible[i][column] > 0 && !isChosen) {
        others.add(old.get(i).path);
      }
      for (int j = 0; isChosen && j < possible[i].length; j++) {
        elsewhere |= j != column && possible[i][j] > 0;
      }
    }
    if (elsewhere || !others.isEmpty()) {
      doubts.put(path, others);
    }
  }
}
