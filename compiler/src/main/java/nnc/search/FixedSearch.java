package nnc.search;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;

/**
 * Points that need no results: all of a grid, or some drawn at random. From coarse to fine: once they are run, as many again from half the space
 * in each direction around the best, as often as is wanted.
 */
public final class FixedSearch implements SearchStrategy {
  /** How often a point is drawn that was there before, until the space is taken for exhausted. */
  private static final int PATIENCE = 1000;

  private final Verdict verdict;
  private final Points points;
  private final int epochs;
  private final int rounds;
  private SearchSpace space;
  private int round;

  /** Gives points of a space. */
  public interface Points {
    List<Point> of(SearchSpace space);
  }

  /** @param rounds of the finer kind */
  public FixedSearch(SearchSpace space, Points points, int epochs, Verdict verdict, int rounds) {
    this.space = space;
    this.points = points;
    this.epochs = epochs;
    this.verdict = verdict;
    this.rounds = rounds;
  }

  /** Different points drawn independently, as many as there are at most. */
  static List<Point> draw(SearchSpace space, int count, Random random) {
    var points = new LinkedHashSet<Point>();
    int vain = 0;
    while (points.size() < Math.min(count, space.count()) && vain < PATIENCE) {
      vain = points.add(space.draw(random)) ? 0 : vain + 1;
    }
    return List.copyOf(points);
  }

  /** Some points of a space, drawn by a seed: other ones each time. */
  public static Points drawn(int count, long seed) {
    var random = new Random(seed);
    return space -> draw(space, count, random);
  }

  @Override
  public List<Proposal> next(List<TrialResult> results) {
    var best = verdict.best(results);
    if (round > rounds || round > 0 && best.isEmpty()) {
      return List.of();
    }
    if (round > 0) {
      space = space.around(best.get().point());
    }
    round++;
    var tried = results.stream().map(TrialResult::point).toList();
    var proposals = new ArrayList<Proposal>();
    for (var point : points.of(space)) {
      if (!tried.contains(point)) {
        proposals.add(new Proposal(results.size() + proposals.size() + 1, point, epochs, 0));
      }
    }
    return proposals;
  }
}
