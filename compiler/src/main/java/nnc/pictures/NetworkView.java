package nnc.pictures;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nnc.elaborate.OutputUse;
import nnc.report.Gathered;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.data.Table;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.ModelSpec.WeightKind;

/**
 * A network with weights, and the examples that it is shown by.
 *
 * @param outputs what the program says of them
 * @param part    what the examples are: {@code train}, {@code test}
 */
public record NetworkView(Model model, List<OutputUse> outputs, Table table, String part, Threads threads) {

  /** The inputs that predictions read. */
  List<Feed> inputs() {
    return !model.has("predict") ? List.of()
        : model.spec().inputs().stream().filter(feed -> !feed.target() && model.code("predict").plan.inputs().containsKey(feed.name())).toList();
  }

  /** The only target of whole numbers or truths that is one number an example; none if there are several. */
  Optional<Feed> label() {
    var labels = model.spec().inputs().stream().filter(feed -> feed.target() && table.column(feed.name()) != null && table.column(feed.name()).width() == 1).toList();
    return labels.size() == 1 ? Optional.of(labels.getFirst()) : Optional.empty();
  }

  /** The numbers of an input or target for all examples. */
  Gathered fed(Feed feed) {
    return Gathered.fed(model, table, feed);
  }

  /** What a class of a target is called. */
  String title(Feed feed, int number) {
    var names = feed.column().isText() ? model.vocabulary().titles(feed) : table.column(feed.name()).classes();
    return number < names.size() ? names.get(number) : Integer.toString(number);
  }

  /** The first examples alone. */
  NetworkView first(int count) {
    return count >= table.size() ? this : new NetworkView(model, outputs, table.select(IntStream.range(0, count).map(i -> table.rows()[i]).toArray()), part, threads);
  }

  /** An output of numbers for all examples of a table. */
  Gathered output(OutputUse output, Table rows) {
    return Gathered.outputs(model, rows, List.of(output.name()), 0, threads).get(output.name());
  }

  Gathered output(OutputUse output) {
    return output(output, table);
  }

  /** What is learned, in the order of the program. */
  List<Weight> parameters() {
    return model.spec().weights().stream().filter(weight -> weight.kind() == WeightKind.PARAMETER && weight.size() > 0).toList();
  }

  /**
   * Height and width of pictures that an input is, with their channels before them: of {@code float[N, H, W]} and of {@code float[N, C, H, W]} of one or three
   * channels; none of others.
   */
  Optional<int[]> picture(Feed feed) {
    int[] shape = table.column(feed.name()) == null ? new int[0] : table.column(feed.name()).shape();
    boolean flat = shape.length == 2 && feed.shape().size() == 3;
    boolean deep = shape.length == 3 && feed.shape().size() == 4 && (shape[0] == 1 || shape[0] == 3);
    int height = shape.length < 2 ? 0 : shape[shape.length - 2];
    int width = shape.length < 2 ? 0 : shape[shape.length - 1];
    return feed.kind() == ElementKind.FLOAT && (flat || deep) && height > 3 && width > 3 ? Optional.of(new int[] {flat ? 1 : shape[0], height, width}) : Optional.empty();
  }
}
