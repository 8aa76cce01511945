package nnc.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import nnc.Compiler;
import nnc.driver.CompiledProgram;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;

/** The networks of the workloads, the weights that all engines start from, and a batch of data. */
final class Setup {
  private Setup() {}

  private static final long SEED = 5;

  /** A network's program, compiled; digits behind its letters are its depth. */
  static CompiledProgram compile(String network) {
    if (network.equals(SentenceEncoder.NETWORK)) {
      try {
        return SentenceEncoder.compile();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (FaultyProgram e) {
        throw new IllegalStateException(e);
      }
    }
    var letters = network.replaceAll("\\d+$", "");
    var depth = network.substring(letters.length());
    var file = letters + ".nn";
    try (var in = Setup.class.getResourceAsStream(file)) {
      var options = depth.isEmpty() ? CompilerOptions.standard() : CompilerOptions.standard().with(Map.of("depth", depth));
      return Compiler.compile(file, new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8), options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FaultyProgram e) {
      throw new IllegalStateException(e);
    }
  }

  /** A compiled network with the weights that every engine starts from. */
  static Model model(CompiledProgram compiled) {
    return SentenceEncoder.isIt(compiled) ? SentenceEncoder.model(compiled) : initialised(Compiler.load(compiled));
  }

  /** The same network from the start. */
  static Model initialised(Model model) {
    return model.initialised(SEED);
  }

  /** The weights by path, the optimizer's not among them, and one batch: {@code x} and {@code y}, or what its inputs are called; of rows that differ in length several batches. */
  static Map<String, Array> arrays(Model model, Workload workload) {
    var arrays = new LinkedHashMap<String, Array>();
    for (var weight : model.spec().weights()) {
      if (weight.kind() == ModelSpec.WeightKind.PARAMETER || weight.kind() == ModelSpec.WeightKind.STATE) {
        var tensor = model.weight(weight.path());
        arrays.put(Array.WEIGHT + weight.path(), new Array(floats(tensor.toDoubles()), longs(tensor.shape())));
      }
    }
    if (workload.network().equals(MixedLengths.NETWORK)) {
      arrays.putAll(MixedLengths.arrays(workload.pool(), SEED));
      return arrays;
    }
    var random = new Random(SEED);
    var context = context(model, model.has("train") ? "train" : "predict", workload, Threads.shared());
    for (var input : context.inputs()) {
      var feed = model.spec().inputs().stream().filter(f -> f.name().equals(input.name())).findFirst().orElseThrow();
      var values = new float[input.size()];
      var high = (int) (feed.high() > feed.low() ? feed.high() : CLASSES);
      for (int i = 0; i < values.length; i++) {
        values[i] = feed.kind() == ElementKind.FLOAT ? random.nextFloat() : isMask(workload, feed) ? 1 : random.nextInt(high);
      }
      arrays.put(input.name(), new Array(values, longs(input.shape())));
    }
    return arrays;
  }

  /** Of whole numbers that are no indices: which places of a text count. */
  private static boolean isMask(Workload workload, ModelSpec.Feed feed) {
    return workload.network().equals(SentenceEncoder.NETWORK) && feed.high() <= feed.low();
  }

  /** A context for runs of the workload. */
  static Context context(Model model, String plan, Workload workload, Threads team) {
    var sizes = new HashMap<String, Integer>();
    for (var dim : model.spec().plans().stream().filter(p -> p.name().equals(plan)).findFirst().orElseThrow().dims()) {
      sizes.put(dim, workload.size(dim));
    }
    return model.context(plan, sizes, team);
  }

  private static final int CLASSES = 10;

  private static float[] floats(double[] values) {
    var result = new float[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) values[i];
    }
    return result;
  }

  private static long[] longs(int[] values) {
    return java.util.Arrays.stream(values).asLongStream().toArray();
  }
}
