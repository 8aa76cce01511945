package nnc.runtime.data;

import java.util.List;
import nnc.runtime.spec.ModelSpec.Source;

/**
 * What a source holds back for another role.
 *
 * @param of       the source
 * @param share    of its rows; 0 for a fold
 * @param fold     from 0 on
 * @param folds    how many folds there are; 0 for a share
 * @param stratify the column of whose values the part has as many of as all have; empty if there is none
 * @param group    the column of whose values each is in the part or out of it; empty if there is none
 * @param last     whether a share is the last of the rows in their order
 * @param arguments for faults
 */
public record DataPart(Source of, double share, int fold, int folds, long seed, String stratify, String group, boolean last, SourceArguments arguments) {
  /** The names of sources that are parts of others. */
  static final String SPLIT = "split", FOLD = "fold";

  /** The arguments that name a column whose values the rows go by. */
  public static final List<String> KEYS = List.of("stratify", "group", "key");

  static boolean isPart(Source source) {
    return source.name().equals(SPLIT) || source.name().equals(FOLD);
  }

  /** @param file the program's */
  static DataPart of(Source source, String file) {
    var arguments = new SourceArguments(source, file);
    Source of = arguments.source("source");
    boolean isFold = source.name().equals(FOLD);
    double share = isFold ? 0 : arguments.number("share", Double.NaN);
    int fold = isFold ? arguments.count("fold", 1) : 1;
    long folds = isFold ? arguments.namedWhole("of", 5) : 0;
    long seed = arguments.namedWhole("seed", 0);
    boolean last = !isFold && !arguments.namedFlag("shuffle", true);
    var part = new DataPart(of, share, fold - 1, (int) folds, seed, arguments.namedText("stratify", ""), arguments.namedText("group", ""), last, arguments);
    arguments.end();
    if (!isFold && !(share > 0 && share <= 1)) {
      throw arguments.fault("the share must be above 0 and at most 1", "e.g. split(train, 0.1)");
    } else if (isFold && (folds < 2 || folds > Integer.MAX_VALUE || fold > folds)) {
      throw arguments.fault("fold " + fold + " of " + folds + " is none", "e.g. fold(train, 1, of = 5), the first of five");
    } else if (!part.stratify.isEmpty() && !part.group.isEmpty()) {
      throw arguments.fault("rows are held back by strata or by groups, not by both");
    } else if (last && !(part.stratify + part.group).isEmpty()) {
      throw arguments.fault("without shuffle it holds back the last rows, and by " + (part.group.isEmpty() ? "stratify" : "group") + " rows from anywhere", "leave one of them out");
    }
    return part;
  }

  /** Whether it is a share of rows in random order, whatever they are. */
  boolean isPlain() {
    return folds == 0 && !last && stratify.isEmpty() && group.isEmpty();
  }

  /** What is equal for folds that were dealt out together. */
  String deal() {
    return folds + " " + seed + " " + stratify + "\n" + group;
  }
}
