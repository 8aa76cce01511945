package nnc.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Successive halving (Jamieson and Talwalkar 2016): many points for a few epochs, then the best third for three times as many, and so on; who goes
 * on keeps what was learned.
 */
public final class HalvingSearch implements SearchStrategy {
  /** How many times fewer points, and more epochs, each rung has; of little influence, and 3 is usual. */
  private static final int FACTOR = 3;

  private final Verdict verdict;
  private final List<Point> points;
  private final List<Rung> rungs;
  private int done;

  /** So many points, each trained for so many epochs in all. */
  record Rung(int points, int epochs) {}

  /** @param epochs of the last rung */
  public HalvingSearch(SearchSpace space, int trials, int epochs, Verdict verdict, long seed) {
    this.verdict = verdict;
    points = FixedSearch.draw(space, trials, new Random(seed));
    rungs = rungs(points.size(), epochs);
  }

  /** As many rungs as leave the first an epoch and the last a point. */
  static List<Rung> rungs(int points, int epochs) {
    int halvings = 0;
    for (long power = FACTOR; power <= Math.min(points, epochs); power *= FACTOR) {
      halvings++;
    }
    var rungs = new ArrayList<Rung>();
    for (int i = 0; i <= halvings; i++) {
      rungs.add(new Rung((int) (points / Math.pow(FACTOR, i)), (int) (epochs / Math.pow(FACTOR, halvings - i))));
    }
    return rungs;
  }

  @Override
  public boolean goesOn() {
    return true;
  }

  @Override
  public List<Proposal> next(List<TrialResult> results) {
    if (done == rungs.size()) {
      return List.of();
    }
    var rung = rungs.get(done++);
    var proposals = new ArrayList<Proposal>();
    if (results.isEmpty()) {
      points.forEach(point -> proposals.add(new Proposal(proposals.size() + 1, point, rung.epochs, 0)));
      return proposals;
    }
    int before = rungs.get(done - 2).epochs;
    results.stream().filter(result -> result.epochs() == before && result.failure().isEmpty()).sorted(verdict.order()).limit(rung.points)
        .forEach(result -> proposals.add(new Proposal(result.trial(), result.point(), rung.epochs, before)));
    return proposals;
  }
}
