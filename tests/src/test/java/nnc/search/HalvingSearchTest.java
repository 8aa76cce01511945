package nnc.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Rungs of successive halving: a third of the points, three times the epochs, the best go on. */
class HalvingSearchTest {
  private static final Verdict LOSS = new Verdict("loss", "validate", Verdict.Better.LOWER);
  private static final SearchSpace SPACE = new SearchSpace(List.of(AxisText.read("x", "0.0..1.0").orElseThrow()));

  @Property(seed = "26")
  void eachRungHasAThirdOfThePointsForThreeTimesTheEpochs(@ForAll @IntRange(min = 1, max = 5000) int points, @ForAll @IntRange(min = 1, max = 2000) int epochs) {
    var rungs = HalvingSearch.rungs(points, epochs);
    assertThat(rungs.getFirst().points()).isEqualTo(points);
    assertThat(rungs.getLast().epochs()).isEqualTo(epochs);
    assertThat(rungs).allSatisfy(rung -> assertThat(rung.points()).isPositive()).allSatisfy(rung -> assertThat(rung.epochs()).isPositive());
    for (int i = 1; i < rungs.size(); i++) {
      assertThat(rungs.get(i).points()).isEqualTo(rungs.get(i - 1).points() / 3);
      assertThat(rungs.get(i - 1).epochs()).isEqualTo(rungs.get(i).epochs() / 3);
    }
    assertThat(rungs.getLast().points() < 3 || rungs.getFirst().epochs() < 3).as("as many rungs as there can be").isTrue();
    assertThat(rungs.stream().mapToLong(rung -> (long) rung.points() * rung.epochs()).sum()).as("no rung costs more than the last").isLessThanOrEqualTo((long) points * epochs);
  }

  @Test
  void ofTwentySevenPointsAndEpochsThereAreFourRungs() {
    assertThat(HalvingSearch.rungs(27, 27)).containsExactly(new HalvingSearch.Rung(27, 1), new HalvingSearch.Rung(9, 3), new HalvingSearch.Rung(3, 9),
        new HalvingSearch.Rung(1, 27));
    assertThat(HalvingSearch.rungs(1, 10)).containsExactly(new HalvingSearch.Rung(1, 10));
    assertThat(HalvingSearch.rungs(20, 1)).containsExactly(new HalvingSearch.Rung(20, 1));
  }

  static TrialResult result(SearchStrategy.Proposal proposal, double loss) {
    Map<String, Double> figures = Double.isNaN(loss) ? Map.of() : Map.of("loss", loss);
    return new TrialResult(proposal.trial(), proposal.point(), proposal.epochs(),
        List.of(new TrialRun(proposal.task(1), figures, figures.isEmpty() ? "failed" : "", 0)));
  }

  /** Trials that failed do not go on, even where fewer are left than the rung has room for. */
  @Test
  void theBestGoOnFromWhatTheyHaveLearned() {
    var search = new HalvingSearch(SPACE, 9, 9, LOSS, 1);
    var results = new ArrayList<TrialResult>();
    var first = search.next(results);
    assertThat(first).hasSize(9).allSatisfy(proposal -> assertThat(List.of(proposal.epochs(), proposal.from())).isEqualTo(List.of(1, 0)));
    first.forEach(proposal -> results.add(result(proposal, proposal.trial() == 4 || proposal.trial() == 7 ? 0.1 / proposal.trial() : Double.NaN)));
    var second = search.next(results);
    assertThat(second.stream().map(SearchStrategy.Proposal::trial)).containsExactly(7, 4);
    assertThat(second).allSatisfy(proposal -> assertThat(List.of(proposal.epochs(), proposal.from())).isEqualTo(List.of(3, 1)))
        .allSatisfy(proposal -> assertThat(proposal.point()).isEqualTo(first.get(proposal.trial() - 1).point()));
    second.forEach(proposal -> results.add(result(proposal, proposal.trial())));
    assertThat(search.next(results)).containsExactly(new SearchStrategy.Proposal(4, first.get(3).point(), 9, 3));
    assertThat(search.next(results)).isEmpty();
  }
}
