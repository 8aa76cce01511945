package nnc.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What has become of weights by an edit.
 *
 * @param rows those that are here in their order, then those that are not
 */
record WeightDifference(List<Row> rows) {
  /** {@code KEPT}: as it was. {@code RENAMED}: of the same shape, called otherwise. {@code RESHAPED}: of the same name. {@code NEW}: was not there. {@code MISSING}: is not here. */
  enum Change { KEPT, RENAMED, RESHAPED, NEW, MISSING }

  /**
   * A weight.
   *
   * @param path   here; of one that is missing the one there
   * @param from   its path there; empty of a new one
   * @param shape  here; of one that is missing the one there
   * @param before its shape there
   * @param others layers there that its layer might be as well, by order and shapes; {@link #NEW} among them if it might be new
   */
  record Row(Change change, String path, String from, int[] shape, int[] before, List<String> others) {}

  /** What a layer might be that might be none of those that there were. */
  private static final String NEW = "new";

  /**
   * Compares.
   *
   * @param there shapes by path, in the order of their program
   */
  static WeightDifference of(Map<String, int[]> there, Map<String, int[]> here) {
    var matching = LayerMatching.of(there, here);
    var taken = new HashSet<String>();
    var rows = new ArrayList<Row>();
    here.forEach((path, shape) -> {
      var row = row(path, shape, matching, there);
      taken.add(row.from);
      rows.add(row);
    });
    there.forEach((path, shape) -> {
      if (!taken.contains(path)) {
        rows.add(new Row(Change.MISSING, path, path, shape, shape, List.of()));
      }
    });
    return new WeightDifference(rows);
  }

  private static Row row(String path, int[] shape, LayerMatching matching, Map<String, int[]> there) {
    var layer = LayerMatching.layer(path);
    var origin = matching.origins().get(layer);
    var doubts = matching.doubts().get(layer);
    var others = doubts == null ? List.<String>of() : doubts.isEmpty() ? List.of(NEW) : doubts;
    // of a layer that none there is: by name, unless the one of that name is another here
    var from = origin != null ? origin + path.substring(layer.length()) : matching.origins().containsValue(layer) ? "" : path;
    var before = there.get(from);
    if (before == null) {
      return new Row(Change.NEW, path, "", shape, shape, others);
    }
    var change = !Arrays.equals(before, shape) ? Change.RESHAPED : from.equals(path) ? Change.KEPT : Change.RENAMED;
    return new Row(change, path, from, shape, before, others);
  }

  /** Lines {@code THERE = HERE} of layers that are called otherwise, and of those in doubt, to be looked at. */
  String map(String there, String here) {
    var lines = new LinkedHashMap<String, String>();
    for (var row : rows) {
      boolean isKnown = row.change == Change.KEPT || row.change == Change.RENAMED;
      if (isKnown && (row.change == Change.RENAMED || !row.others.isEmpty())) {
        var layer = LayerMatching.layer(row.path);
        var before = LayerMatching.layer(row.from);
        lines.putIfAbsent(layer, before + " = " + layer + "  # " + Arrays.toString(row.shape) + (row.others.isEmpty() ? "" : ", might be " + String.join(" or ", row.others)));
      }
    }
    return Stream.concat(Stream.of("# what weights of " + there + " are called in " + here + ": look at each line; weights without one keep their names"), lines.values().stream())
        .reduce("", (text, line) -> text + line + "\n");
  }
}
