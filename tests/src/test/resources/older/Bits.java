import java.nio.file.Path;
import java.util.Arrays;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.spec.ModelSpec.Role;

/** Prints what a network of a jar computes from numbers that are the same on any Java: arguments are the jar, how often it runs, and widths of vectors. */
public final class Bits {
  public static void main(String[] arguments) {
    for (int i = 2; i < arguments.length; i++) {
      System.setProperty("nnc.width", arguments[i]);
      var model = Model.load(Path.of(arguments[0])).initialised(4);
      for (String plan : new String[] {"train", "predict"}) {
        if (model.has(plan)) {
          System.out.println(arguments[i] + " " + plan + " " + of(model, model.context(plan, 5), Integer.parseInt(arguments[1])));
        }
      }
    }
  }

  private static long of(Model model, Context context, int times) {
    long sum = 0;
    for (int step = 1; step <= times; step++) {
      for (var input : context.inputs()) {
        for (int i = 0; i < input.size(); i++) {
          input.set(i, input.kind().equals("float") ? Math.floorMod(i * 37 + step, 101) / 64.0 - 0.75 : i % 2);
        }
      }
      context.counters(step, 0);
      context.run();
      for (Role role : new Role[] {Role.OUTPUT, Role.LOSS}) {
        for (var output : context.results(role)) {
          for (int i = 0; i < output.size(); i++) {
            sum = sum * 31 + Double.doubleToRawLongBits(output.get(i));
          }
        }
      }
    }
    for (var weight : model.spec().weights()) {
      sum = sum * 31 + Arrays.hashCode(model.weight(weight.path()).toDoubles());
    }
    return sum;
  }
}
