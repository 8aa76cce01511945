package nnc.lectures;

import java.nio.file.Path;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompiledProgram;
import nnc.endtoend.Programs;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.Repeated;
import nnc.runtime.Told;
import nnc.runtime.spec.ModelSpec.Role;

/** A program compiled from its text and ready to run, with the weights that training would start from. */
final class Net {
  final CompiledProgram compiled;
  final Model model;
  private int steps;

  private Net(CompiledProgram compiled, long seed) {
    this.compiled = compiled;
    model = Compiler.load(compiled).initialised(seed);
  }

  /** In double. */
  static Net of(String... lines) {
    return of(64, 1, lines);
  }

  static Net of(int precision, long seed, String... lines) {
    return new Net(Programs.compile(String.join("\n", lines), precision), seed);
  }

  /** An array for an input. */
  record Fed(String name, double... values) {}

  static Fed feed(String name, double... values) {
    return new Fed(name, values);
  }

  private Context run(String plan, int batch, Fed... fed) {
    var context = model.context(plan, batch);
    context.batch(batch);
    for (var one : fed) {
      if (context.inputs().stream().anyMatch(input -> input.name().equals(one.name))) {
        context.input(one.name).set(one.values);
      }
    }
    context.seed(1);
    context.counters(steps + 1, 0);
    context.run();
    return context;
  }

  /** An output for a batch. */
  double[] predict(String output, int batch, Fed... fed) {
    return run("predict", batch, fed).output(output).tensor().toDoubles();
  }

  /** The evaluated loss. */
  double loss(int batch, Fed... fed) {
    return metric("loss", batch, fed)[0];
  }

  double[] metric(String name, int batch, Fed... fed) {
    return Told.by(model, run("evaluate", batch, fed), batch).get(name);
  }

  /** The gradient of the loss by a parameter. */
  double[] gradient(String path, int batch, Fed... fed) {
    return run("gradient", batch, fed).result(Role.GRADIENT, path).tensor().toDoubles();
  }

  /** The gradients of the loss by several parameters, from one run. */
  double[][] gradients(String[] paths, int batch, Fed... fed) {
    var context = run("gradient", batch, fed);
    var found = new double[paths.length][];
    for (int i = 0; i < paths.length; i++) {
      found[i] = context.result(Role.GRADIENT, paths[i]).tensor().toDoubles();
    }
    return found;
  }

  /** So many steps on one batch, in epoch 0; gives the loss before the last of them. */
  double train(int count, int batch, Fed... fed) {
    var context = model.context("train", batch);
    context.batch(batch);
    context.seed(1);
    for (int i = 0; i < count; i++) {
      steps++;
      Repeated.step(model, 0, () -> {
        for (var one : fed) {
          context.input(one.name).set(one.values);
        }
        context.counters(steps, 0);
        context.run();
      });
    }
    return context.results(Role.LOSS).getFirst().get(0);
  }

  double[] weight(String path) {
    return model.weight(path).toDoubles();
  }

  /** What a command of the jar prints. */
  String command(String... arguments) {
    return command(compiled, Path.of(""), arguments).all();
  }

  static Said command(CompiledProgram compiled, Path base, String... arguments) {
    return Said.byNetwork(Compiler.load(compiled), base, arguments);
  }
}
