package nnc.runtime.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nnc.runtime.base.Fault;

/** The rows of folds, and of shares that go by the values of a column. */
final class FoldRows implements ChosenRows {
  @Override
  public int[] taken(DataPart part, Table table, int[] rows) {
    List<?> values = part.stratify().isEmpty() && part.group().isEmpty() ? null : values(part, table, rows);
    List<Integer> places = new ArrayList<>();
    if (part.folds() == 0) {
      places = part.group().isEmpty() ? stratum(values, part) : groups(values, part);
    } else {
      int[] fold = values == null ? Folds.of(rows.length, part.folds(), part.seed())
          : part.group().isEmpty() ? Folds.stratified(values, part.folds(), part.seed()) : Folds.grouped(values, part.folds(), part.seed());
      for (int i = 0; i < fold.length; i++) {
        if (fold[i] == part.fold()) {
          places.add(i);
        }
      }
    }
    int[] taken = new int[places.size()];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = rows[places.get(i)];
    }
    Arrays.sort(taken);
    return taken;
  }

  private static List<?> values(DataPart part, Table table, int[] rows) {
    String name = part.stratify().isEmpty() ? part.group() : part.stratify();
    Column column = table.column(name);
    if (column == null) {
      throw part.arguments().fault("no column is called " + name + "; " + table.origin() + " has " + table.names());
    }
    List<?> values = Folds.values(column, rows);
    if (!part.stratify().isEmpty() && Folds.areContinuous(values)) {
      throw new Fault(part.arguments().fault("stratify takes a column of classes, and " + name + " has a value of its own in most rows").getMessage(),
          "leave stratify out: a random part of many rows has the values of all");
    }
    return values;
  }

  /** Of each value its share of the rows; where that is no whole number, the largest fractions are rounded up until all together are the share of all. */
  private static List<Integer> stratum(List<?> values, DataPart part) {
    List<List<Integer>> alike = Folds.alike(values, part.seed());
    int[] counts = new int[alike.size()];
    double[] fractions = new double[alike.size()];
    long missing = Math.round(part.share() * values.size());
    for (int i = 0; i < counts.length; i++) {
      double exact = part.share() * alike.get(i).size();
      counts[i] = (int) exact;
      fractions[i] = exact - counts[i];
      missing -= counts[i];
    }
    for (; missing > 0; missing--) {
      int largest = 0;
      for (int i = 1; i < fractions.length; i++) {
        largest = fractions[i] > fractions[largest] ? i : largest;
      }
      counts[largest]++;
      fractions[largest] = -1;
    }
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      places.addAll(alike.get(i).subList(0, counts[i]));
    }
    return places;
  }

  /** Groups in random order, each that brings their rows nearer to the share. */
  private static List<Integer> groups(List<?> values, DataPart part) {
    double wanted = part.share() * values.size();
    List<Integer> places = new ArrayList<>();
    for (List<Integer> group : Folds.alike(values, part.seed())) {
      if (places.size() + group.size() / 2.0 <= wanted) {
        places.addAll(group);
      }
    }
    if (places.isEmpty()) {
      throw new Fault(part.arguments().fault("the groups are too large for this share").getMessage(), "take a larger share, or folds");
    }
    return places;
  }
}
