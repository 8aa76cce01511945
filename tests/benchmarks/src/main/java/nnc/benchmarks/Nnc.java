package nnc.benchmarks;

import java.util.Map;
import nnc.runtime.Context;
import nnc.runtime.Input;
import nnc.runtime.Model;
import nnc.runtime.Output;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec.Role;

/** What nnc makes of the workloads. Each run feeds its inputs from Java arrays again, as the runtime asks for. */
final class Nnc {
  private Nnc() {}

  /** How long a network's vector code is waited for at most, in seconds. */
  private static final double WARM_UP = 120;

  static Job job(Workload workload, int threads, Map<String, Array> arrays) {
    var team = new Threads(threads);
    return switch (workload.kind()) {
      case TRAIN -> {
        var training = new Training(Setup.model(Setup.compile(workload.network())), workload, team, arrays);
        training.context.warmUp(WARM_UP);
        yield training;
      }
      case PREDICT, LATENCY, START -> {
        var prediction = new Prediction(Setup.model(Setup.compile(workload.network())), workload, team, arrays);
        prediction.context.warmUp(WARM_UP);
        yield prediction;
      }
      case PRODUCT -> new Product(workload, team, arrays);
    };
  }

  /** As a program has it that has loaded a network and waits for nothing. */
  static Job cold(Workload workload, Model model, int threads, Map<String, Array> arrays) {
    var team = new Threads(threads);
    return workload.kind() == Workload.Kind.TRAIN ? new Training(model, workload, team, arrays)
        : new Prediction(model, workload, team, arrays);
  }

  /** What each input is fed. */
  private static float[][] values(Context context, Map<String, Array> arrays) {
    return context.inputs().stream().map(input -> arrays.get(input.name()).values()).toArray(float[][]::new);
  }

  /** What a step is fed, in the order of the inputs. */
  private record Batch(float[][] given, int length) {}

  private static Batch[] batches(Context context, Workload workload, Map<String, Array> arrays) {
    if (workload.network().equals(MixedLengths.NETWORK)) {
      return MixedLengths.batches(arrays).stream().map(batch -> new Batch(values(context, batch), (int) batch.get("x").shape()[1])).toArray(Batch[]::new);
    }
    return new Batch[] {new Batch(values(context, arrays), 0)};
  }

  /** Training steps, in a run one on each batch. */
  private static final class Training implements Job {
    private final Model model;
    private final Workload workload;
    private final Threads team;
    private final Map<String, Array> arrays;
    private Context context;
    private Input[] inputs;
    private Batch[] batches;
    private int step;

    Training(Model model, Workload workload, Threads team, Map<String, Array> arrays) {
      this.model = model;
      this.workload = workload;
      this.team = team;
      this.arrays = arrays;
      restart();
    }

    @Override
    public void restart() {
      context = Setup.context(Setup.initialised(model), "train", workload, team);
      inputs = context.inputs().toArray(Input[]::new);
      batches = batches(context, workload, arrays);
      step = 0;
    }

    @Override
    public void run() {
      for (var batch : batches) {
        step(batch);
      }
    }

    private void step(Batch batch) {
      if (batch.length > 0) {
        context.dim("T", batch.length);
      }
      for (int i = 0; i < inputs.length; i++) {
        inputs[i].set(batch.given[i]);
      }
      context.counters(++step, 0);
      context.run();
    }

    @Override
    public float[] proof() {
      var losses = new float[PROOF_STEPS];
      var loss = context.results(Role.LOSS).getFirst();
      for (int i = 0; i < PROOF_STEPS; i++) {
        step(batches[i % batches.length]);
        losses[i] = (float) loss.get(0);
      }
      return losses;
    }
  }

  /** Predictions, from a Java array into a Java array. */
  private static final class Prediction implements Job {
    private final Context context;
    private final Input[] inputs;
    private final float[][] given;
    private final Output output;
    private final float[] result;

    Prediction(Model model, Workload workload, Threads team, Map<String, Array> arrays) {
      context = Setup.context(model, "predict", workload, team);
      inputs = context.inputs().toArray(Input[]::new);
      given = values(context, arrays);
      output = context.results(Role.OUTPUT).getFirst();
      result = new float[output.size()];
    }

    @Override
    public void run() {
      for (int i = 0; i < inputs.length; i++) {
        inputs[i].set(given[i]);
      }
      context.run();
      output.copyTo(result, 0);
    }

    @Override
    public float[] proof() {
      run();
      return result.clone();
    }
  }

  /** Products of two matrices that lie in memory: fed once, for nothing else in so small a plan is placed where they are. */
  private static final class Product implements Job {
    private final Context context;
    private final Output output;

    Product(Workload workload, Threads team, Map<String, Array> arrays) {
      context = Products.model(workload).context("predict", 1, team);
      context.warmUp(WARM_UP);
      arrays.forEach((name, array) -> context.input(name).set(array.values()));
      output = context.results(Role.OUTPUT).getFirst();
    }

    @Override
    public void run() {
      context.run();
    }

    @Override
    public float[] proof() {
      run();
      var result = new float[output.size()];
      output.copyTo(result, 0);
      return result;
    }
  }
}
