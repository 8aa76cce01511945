package plain;

import plain.Iris.Kind;

/** Tells the kind of an iris: {@code Main 5.1 3.5 1.4 0.2}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length != 4) {
      System.err.println("four numbers, please: length and width of a sepal, length and width of a petal, in centimetres");
      System.exit(2);
    }
    System.out.print(answer(arguments));
  }

  static String answer(String... measures) {
    double[] numbers = new double[4];
    for (int i = 0; i < 4; i++) {
      numbers[i] = Double.parseDouble(measures[i]);
    }
    Iris.Output answer = Iris.load().predict(numbers[0], numbers[1], numbers[2], numbers[3]);
    StringBuilder text = new StringBuilder(answer.kind() + "\n");
    for (Kind kind : Kind.values()) {
      text.append(String.format("  %5.1f %%  %s%n", 100 * answer.chance(kind), kind));
    }
    return text.toString();
  }
}
