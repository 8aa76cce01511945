import java.nio.file.Path;
import java.util.List;
import nnc.runtime.Context;
import nnc.runtime.Model;

/** Asks the network that has learned to add: {@code java -cp addition.jar Addition.java addition.jar addition.npz 46+49 814+110}. */
public final class Addition {
  private static final String ALPHABET = "0123456789+ ";

  private final Context context;
  private final int reads, writes;

  public Addition(Model model) {
    context = model.context("predict", 1);
    reads = context.input("question").size();
    writes = context.output("probability").shape()[1];
  }

  public static void main(String[] arguments) {
    var network = new Addition(Model.load(Path.of(arguments[0]), Path.of(arguments[1])));
    for (var question : List.of(arguments).subList(2, arguments.length)) {
      System.out.println(network.told(question) + "\n");
    }
  }

  /** The question, the truth, and what the network says, as {@code Q 46+49 / T 95 / ☑ 95} in three lines. */
  public String told(String question) {
    int truth = 0;
    for (var addend : question.split("\\+")) {
      truth += Integer.parseInt(addend);
    }
    var said = answer(question);
    return "Q " + question + "\nT " + truth + "\n" + (said.equals(Integer.toString(truth)) ? "☑ " : "☒ ") + said;
  }

  private String answer(String question) {
    int[] characters = new int[reads];
    for (int i = 0; i < reads; i++) {
      characters[i] = ALPHABET.indexOf(i < question.length() ? question.charAt(i) : ' ');
    }
    context.input("question").set(characters);
    context.run();
    var answer = new StringBuilder();
    for (int place = 0; place < writes; place++) {
      answer.append(ALPHABET.charAt(likeliest(place)));
    }
    return answer.toString().strip();
  }

  private int likeliest(int place) {
    int best = 0;
    for (int i = 1; i < ALPHABET.length(); i++) {
      best = context.output("probability").get(place * ALPHABET.length() + i) > context.output("probability").get(place * ALPHABET.length() + best) ? i : best;
    }
    return best;
  }
}
