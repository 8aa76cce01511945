package nnc.benchmarks;

import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import java.util.Map;

/** DJL over PyTorch's engine: its trainer and its predictor. */
final class Djl {
  private Djl() {}

  private static final String NAME = "PyTorch";

  static {
    // all that it needs is on the class path
    System.setProperty("ai.djl.offline", "true");
  }

  static Job job(Workload workload, int threads, Map<String, Array> arrays) {
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    return workload.kind() == Workload.Kind.TRAIN ? new Training(workload, arrays) : new Prediction(workload.network(), arrays);
  }

  private static Model model(String network, Map<String, Array> weights) {
    var model = Model.newInstance(network, NAME);
    model.setBlock(new DjlNetwork(network, weights, model.getNDManager()));
    return model;
  }

  /** Training steps; the batch stays where it is. */
  private static final class Training implements Job {
    private final String network;
    private final Map<String, Array> start;
    private final NDManager manager = NDManager.newBaseManager(NAME);
    private final NDArray x;
    private final NDArray y;
    private final Loss loss;
    private Model model;
    private Trainer trainer;

    Training(Workload workload, Map<String, Array> arrays) {
      network = workload.network();
      start = Array.weights(arrays);
      x = array(arrays.get("x"), network.equals("F"));
      y = network.equals("H") ? array(arrays.get("y"), false) : array(arrays.get("y"), true).reshape(-1);
      loss = network.equals("H") ? Loss.l2Loss("loss", 1) : Loss.softmaxCrossEntropyLoss();
      begin();
    }

    private NDArray array(Array array, boolean whole) {
      var floats = manager.create(array.values(), new Shape(array.shape()));
      return whole ? floats.toType(DataType.INT64, false) : floats;
    }

    private void begin() {
      model = model(network, start);
      trainer = model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer()));
    }

    private Optimizer optimizer() {
      return switch (network) {
        case "B" -> Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).build();
        case "H" -> Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.03f)).build();
        case "D" -> Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.05f)).optMomentum(0.9f).build();
        default -> Optimizer.adam().optLearningRateTracker(Tracker.fixed(0.001f)).build();
      };
    }

    @Override
    public void restart() {
      end();
      begin();
    }

    private void end() {
      trainer.close();
      model.close();
    }

    @Override
    public void run() {
      step(false);
    }

    /** The loss before the step, if it is wanted. What is computed belongs to a manager that the inputs belong to meanwhile. */
    private float step(boolean wanted) {
      try (var temporary = manager.newSubManager()) {
        x.attach(temporary);
        y.attach(temporary);
        NDArray value;
        try (var gradients = trainer.newGradientCollector()) {
          value = loss.evaluate(new NDList(y), new NDList(rows(trainer.forward(new NDList(x)).singletonOrThrow())));
          gradients.backward(value);
        }
        trainer.step();
        float result = wanted ? value.getFloat() : 0;
        x.attach(manager);
        y.attach(manager);
        return result;
      }
    }

    /** A row a label: the loss takes one axis before the classes. */
    private static NDArray rows(NDArray result) {
      return result.getShape().dimension() > 2 ? result.reshape(-1, result.getShape().getLastDimension()) : result;
    }

    @Override
    public float[] proof() {
      var losses = new float[PROOF_STEPS];
      for (int i = 0; i < PROOF_STEPS; i++) {
        losses[i] = step(true);
      }
      return losses;
    }

    @Override
    public void close() {
      end();
      manager.close();
    }
  }

  /** A network's probabilities from its weights, for one example or many at once. */
  static Predictor<Array, float[]> predictor(String network, Map<String, Array> weights) {
    return model(network, weights).newPredictor(new NoBatchifyTranslator<>() {
      @Override
      public NDList processInput(TranslatorContext context, Array input) {
        return new NDList(context.getNDManager().create(input.values(), new Shape(input.shape())));
      }

      @Override
      public float[] processOutput(TranslatorContext context, NDList list) {
        return list.singletonOrThrow().softmax(-1).toFloatArray();
      }
    });
  }

  /** Predictions from a Java array into a Java array. */
  private static final class Prediction implements Job {
    private final Predictor<Array, float[]> predictor;
    private final Array x;
    private float[] result;

    Prediction(String network, Map<String, Array> arrays) {
      predictor = predictor(network, Array.weights(arrays));
      x = arrays.get("x");
    }

    @Override
    public void run() {
      try {
        result = predictor.predict(x);
      } catch (TranslateException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public float[] proof() {
      run();
      return result;
    }

    @Override
    public void close() {
      predictor.close();
    }
  }
}
