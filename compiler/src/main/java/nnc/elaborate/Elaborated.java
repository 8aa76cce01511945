package nnc.elaborate;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Graph;
import nnc.graph.Type;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.Setting;

/**
 * A program as graphs for one purpose, with what the runtime must know beside them.
 *
 * @param graphs  one; of a training as many as there are steps for a batch, and as many of gradients
 * @param weights what is kept between steps, in the order of the source
 * @param ranges  the number of classes that an int input indexes, by its name
 * @param aliases what outputs are called outside the program, by their names, where that is another
 * @param names   the input or target of whose classes an output speaks, by the output's name
 * @param origins what each value that is looked at was made of, by name
 * @param uses    of an evaluation, what outputs are and what they are compared with; none of other purposes
 * @param rows    of the summary
 * @param loops   over ranges of numbers, and what became of them
 */
public record Elaborated(List<Graph> graphs, List<WeightInfo> weights, List<InputInfo> inputs, Map<String, Long> ranges, Map<String, String> aliases, Map<String, String> names,
    Map<String, String> origins, List<OutputUse> uses, List<ModelSpec.Layer> rows,
    Map<String, ModelSpec.Source> data, ModelSpec.Training training, List<LoopChoice> loops) {

  /** The first, which is the only one unless a batch is trained by several steps. */
  public Graph graph() {
    return graphs.getFirst();
  }

  /** The same, trained within a budget of memory that a train block says so; what it says of that itself does not count. */
  public Elaborated within(String budget) {
    Map<Setting, Object> settings = new EnumMap<>(Setting.class);
    settings.putAll(training.settings());
    settings.put(Setting.MEMORY, budget);
    return new Elaborated(graphs, weights, inputs, ranges, aliases, names, origins, uses, rows, data,
        new ModelSpec.Training(settings, training.least(), training.reason(), training.figures(), training.every()), loops);
  }

  /** A parameter, state or optimizer's memory; its shape has no open dimension. */
  public record WeightInfo(String path, ModelSpec.WeightKind kind, Type type, ModelSpec.Initialiser initialiser, boolean frozen) {}

  /** @param alias what it is called outside the program, if otherwise; else empty */
  public record InputInfo(String name, String alias, boolean target, Type type, ColumnType column) {}
}
