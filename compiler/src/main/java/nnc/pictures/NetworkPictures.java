package nnc.pictures;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nnc.report.ConfusionPicture;
import nnc.report.EvaluationReport;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;

/** Every picture that there is of a network and some data: which these are follows from its inputs, outputs and weights. */
public final class NetworkPictures {
  private NetworkPictures() {}

  /** Those that take little time, so that they can be drawn while it is trained. */
  public static List<Drawing> quick(NetworkView view) {
    var drawings = new ArrayList<Drawing>();
    drawings.addAll(DecisionRegions.of(view));
    drawings.addAll(Reconstructions.of(view));
    drawings.addAll(CodeScatter.of(view));
    drawings.addAll(WeightPictures.of(view));
    return drawings;
  }

  /**
   * Histograms of weights, and of the gradients of a batch.
   *
   * @param differentiated the network compiled for gradients, with the same weights; null for weights alone
   */
  public static List<Drawing> histograms(NetworkView view, Model differentiated) {
    return LayerHistograms.of(view, differentiated == null ? Map.of() : LayerHistograms.gradients(differentiated, view.table(), view.threads()));
  }

  /** Which class was taken for which; none where no output goes with a target. */
  public static List<Drawing> confusion(NetworkView view) {
    if (!view.model().has("predict")) {
      return List.of();
    }
    try {
      var report = EvaluationReport.of(new EvaluationReport.Question(view.model(), view.outputs(), Map.of()), view.part(), view.table(), List.of(),
          new EvaluationReport.Run(0, view.threads()));
      return ConfusionPicture.of(report).stream().map(picture -> Drawing.svg("confusion-" + picture.output(), "Which class was taken for which: " + picture.output() + " of "
          + view.part() + ".", picture.svg())).toList();
    } catch (Fault nothingToJudge) {
      // an output without a target has no confusion
      return List.of();
    }
  }

  /**
   * The loss around what was learned, and along a path that led there.
   *
   * @param path weights on the way; less than three are none
   * @param left is told why there is none
   */
  public static List<Drawing> landscapes(NetworkView view, WeightPath path, java.util.function.Consumer<String> left) {
    var obstacle = LossLandscape.obstacle(view);
    if (obstacle.isPresent()) {
      left.accept("no picture of the loss around what was learned: " + obstacle.get());
      return List.of();
    }
    var drawings = new ArrayList<Drawing>();
    drawings.add(LossLandscape.random(view, 1));
    if (path.weights().size() > 2) {
      drawings.add(LossLandscape.path(view, path.weights()));
    }
    return drawings;
  }
}
