package nnc.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Bayesian optimization (Mockus 1978; Jones, Schonlau and Welch 1998): after some points that are drawn, each next one is where a Gaussian process
 * through all results expects to improve most. Several are proposed at a time, each as if those before had come to what was expected of them
 * ("kriging believer", Ginsbourger, Le Riche and Carraro 2010): how many depends on nothing, so that neither do the proposals.
 */
public final class BayesSearch implements SearchStrategy {
  private static final int AT_ONCE = 4, CANDIDATES = 1000, NEAR = 300;
  /** Costs further above the median than so many times what the best is below it are cut: a diverging trial would hide all other differences. */
  private static final double REACH = 3;

  private final SearchSpace space;
  private final int trials;
  private final int epochs;
  private final Verdict verdict;
  private final Random random;

  public BayesSearch(SearchSpace space, int trials, int epochs, Verdict verdict, long seed) {
    this.space = space;
    this.trials = trials;
    this.epochs = epochs;
    this.verdict = verdict;
    random = new Random(seed);
  }

  @Override
  public List<Proposal> next(List<TrialResult> results) {
    int begin = Math.min(trials, Math.max(AT_ONCE, 2 * space.axes().size() + 2));
    var points = results.isEmpty() ? FixedSearch.draw(space, begin, random) : improving(results, Math.min(AT_ONCE, trials - results.size()));
    var proposals = new ArrayList<Proposal>();
    points.forEach(point -> proposals.add(new Proposal(results.size() + proposals.size() + 1, point, epochs, 0)));
    return proposals;
  }

  private List<Point> improving(List<TrialResult> results, int count) {
    var tried = new ArrayList<>(results.stream().map(TrialResult::point).toList());
    var costs = standardized(results.stream().mapToDouble(verdict::cost).toArray());
    var found = new ArrayList<Point>();
    while (found.size() < count) {
      var candidates = candidates(tried, tried.get(least(costs)));
      if (candidates.isEmpty()) {
        break;
      }
      var process = GaussianProcess.fit(tried.stream().map(space::coordinates).toArray(double[][]::new), costs, random);
      var best = best(process, tried, candidates);
      found.add(best);
      tried.add(best);
      costs = Arrays.copyOf(costs, costs.length + 1);
      costs[costs.length - 1] = process.at(space.coordinates(best)).mean();
    }
    return found;
  }

  /** Points all over the space, and some around the best. */
  private List<Point> candidates(List<Point> tried, Point best) {
    var candidates = new ArrayList<>(FixedSearch.draw(space, CANDIDATES, random));
    var near = space.around(best);
    candidates.addAll(FixedSearch.draw(near, NEAR, random));
    candidates.addAll(FixedSearch.draw(near.around(best), NEAR, random));
    candidates.removeAll(tried);
    return candidates;
  }

  /** Improvement is over the least that the process believes of a point that was tried: a result may just have been lucky. */
  private Point best(GaussianProcess process, List<Point> tried, List<Point> candidates) {
    double least = tried.stream().mapToDouble(point -> process.at(space.coordinates(point)).mean()).min().orElseThrow();
    Point best = candidates.getFirst();
    double most = -1;
    for (var candidate : candidates) {
      double gain = GaussianProcess.expectedImprovement(process.at(space.coordinates(candidate)), least);
      if (gain > most) {
        most = gain;
        best = candidate;
      }
    }
    return best;
  }

  private static int least(double[] costs) {
    int least = 0;
    for (int i = 1; i < costs.length; i++) {
      least = costs[i] < costs[least] ? i : least;
    }
    return least;
  }

  /** With mean 0 and variance 1; trials that failed are as bad as the worst that did not. */
  static double[] standardized(double[] costs) {
    var known = Arrays.stream(costs).filter(Double::isFinite).sorted().toArray();
    if (known.length == 0) {
      return new double[costs.length];
    }
    double median = known[known.length / 2];
    double limit = median > known[0] ? median + REACH * (median - known[0]) : known[known.length - 1];
    var cut = Arrays.stream(costs).map(cost -> Double.isNaN(cost) ? Math.min(limit, known[known.length - 1]) : Math.min(cost, limit)).toArray();
    if (Arrays.stream(cut).allMatch(cost -> cost == cut[0])) {
      return new double[costs.length];
    }
    double mean = Arrays.stream(cut).average().orElseThrow();
    double variance = Arrays.stream(cut).map(cost -> (cost - mean) * (cost - mean)).average().orElseThrow();
    return Arrays.stream(cut).map(cost -> (cost - mean) / Math.sqrt(variance)).toArray();
  }
}
