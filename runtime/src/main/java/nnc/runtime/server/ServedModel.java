package nnc.runtime.server;

import java.nio.file.Path;
import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.Predictor;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Threads;
import nnc.runtime.server.Signature.Incoming;
import nnc.runtime.server.Signature.Outgoing;

/** A network under a name of the service, with the weights that answer at present. */
public final class ServedModel {
  private final String name;
  private final Path weights;
  private final Signature signature;
  private final Threads threads;
  private volatile Generation current;
  private volatile boolean warm;

  /** Weights and what predicts by them. A request keeps those that it has begun with. */
  record Generation(Model model, Predictor predictor, int version) {}

  private ServedModel(String name, Model model, Path weights, Threads threads) {
    this.name = name;
    this.weights = weights;
    this.threads = threads;
    signature = Signature.of(model.spec());
    current = new Generation(model, Predictor.of(model, threads), 1);
  }

  /**
   * A network with its weights.
   *
   * @param weights the file that they are read from, now and when they are reloaded; null if the model has them and keeps them
   * @param threads a team that one prediction at a time has
   * @throws Fault if there are no weights, or no outputs
   */
  public static ServedModel of(String name, Model model, Path weights, Threads threads) {
    return new ServedModel(name, weights == null ? model : model.withWeights(weights), weights, threads);
  }

  public String name() {
    return name;
  }

  /** The file that its weights are read from; null if there is none. */
  public Path weights() {
    return weights;
  }

  /** Why each of its requests is predicted by itself; empty if several may share a prediction. */
  public String alone() {
    return signature.alone();
  }

  Signature signature() {
    return signature;
  }

  Generation current() {
    return current;
  }

  /** Waits until vector code serves, for so many seconds at most. */
  void warmUp(double seconds) {
    current.predictor().warmUp(seconds);
    warm = true;
  }

  boolean isWarm() {
    return warm;
  }

  /**
   * Reads the weights' file again. Requests that begin from then on are answered by what it has; those that have begun end with the earlier weights.
   *
   * @return the version of the new weights
   * @throws Fault if there is no such file, or it does not fit; then nothing has changed
   */
  synchronized int reload() {
    if (weights == null) {
      throw new Fault("the weights of " + name + " are from no file, and there is nothing to read again", "serve it with --weights FILE");
    }
    Model model = current.model().withWeights(weights);
    current = new Generation(model, Predictor.of(model, threads), current.version() + 1);
    return current.version();
  }

  /** What the protocol calls the model's metadata. */
  String metadata() {
    Generation now = current;
    var inputs = new StringBuilder("[");
    for (Incoming input : signature.inputs()) {
      tensor(inputs, new Json().put("name", input.name()).put("datatype", input.type().name()), signature.told(input.shape()),
          now.model().vocabulary().titles(input.feed()), signature.declared(input.feed(), input.shape()));
    }
    var outputs = new StringBuilder("[");
    for (Outgoing output : signature.outputs()) {
      List<String> classes = List.of();
      for (var feed : now.model().spec().inputs()) {
        classes = feed.name().equals(output.result().names()) ? now.model().vocabulary().titles(feed) : classes;
      }
      tensor(outputs, new Json().put("name", output.name()).put("datatype", output.type().name()), signature.told(output.shape()), classes, "");
    }
    return new Json().put("name", name).put("versions", List.of(Integer.toString(now.version()))).put("platform", "nnc")
        .raw("inputs", inputs.append(']').toString()).raw("outputs", outputs.append(']').toString()).toString();
  }

  private static void tensor(StringBuilder all, Json tensor, List<Integer> shape, List<String> classes, String declared) {
    all.append(all.length() == 1 ? "" : ",");
    tensor.raw("shape", shape.toString());
    if (!classes.isEmpty() || !declared.isEmpty()) {
      var parameters = new Json();
      if (!declared.isEmpty()) {
        parameters.put("declared", declared);
      }
      if (!classes.isEmpty()) {
        parameters.put("classes", classes);
      }
      tensor.raw("parameters", parameters.toString());
    }
    all.append(tensor);
  }
}
