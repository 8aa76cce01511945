import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.learn.Learner;

/** Finds the ways through a grid of 4 x 4 to its corner by a policy gradient: {@code java -cp policy.jar Reinforce.java policy.jar}. */
public final class Reinforce {
  private static final int STATES = 16, ACTIONS = 4, GOAL = 15, GAMES = 3000, MOVES = 20, BATCH = 100;
  private static final float DISCOUNT = 0.9f;

  private final Random random = new Random(1);
  private final Context act;
  private final Learner learner;
  /** What was played since the last step. */
  private final int[] states = new int[BATCH], actions = new int[BATCH];
  private final float[] gained = new float[BATCH];
  private int played;

  public Reinforce(Model model) {
    act = model.context("predict", 1);
    learner = Learner.of(model, BATCH);
  }

  public static void main(String[] arguments) {
    var player = new Reinforce(Model.load(Path.of(arguments[0])).initialised(1));
    player.learn();
    System.out.println("shortest ways from " + player.shortestWays() + " of 15 places");
  }

  /** Plays game after game by the chances as they are; each move is worth what its game brought, less for each move until then. */
  public void learn() {
    for (int game = 0; game < GAMES; game++) {
      int first = played;
      int state = random.nextInt(GOAL);
      while (state != GOAL && played - first < MOVES) {
        states[played] = state;
        actions[played] = drawn(state);
        state = move(state, actions[played]);
        played++;
      }
      float worth = state == GOAL ? 1 : 0;
      for (int i = played - 1; i >= first; i--) {
        gained[i] = worth;
        worth *= DISCOUNT;
      }
      if (played > BATCH - MOVES) {
        step();
      }
    }
  }

  private void step() {
    learner.set("state", rows(played));
    learner.set("action", Arrays.copyOf(actions, played));
    learner.set("gained", Arrays.copyOf(gained, played));
    learner.step();
    played = 0;
  }

  private float[] rows(int count) {
    float[] rows = new float[count * STATES];
    for (int i = 0; i < count; i++) {
      rows[i * STATES + states[i]] = 1;
    }
    return rows;
  }

  private void look(int state) {
    float[] row = new float[STATES];
    row[state] = 1;
    act.input("state").set(row);
    act.run();
  }

  private int drawn(int state) {
    look(state);
    double left = random.nextDouble();
    int action = 0;
    while (action < ACTIONS - 1 && (left -= act.output("chance").get(action)) > 0) {
      action++;
    }
    return action;
  }

  private int likeliest(int state) {
    look(state);
    int best = 0;
    for (int action = 1; action < ACTIONS; action++) {
      best = act.output("chance").get(action) > act.output("chance").get(best) ? action : best;
    }
    return best;
  }

  /** Right, left, down, up; a wall leaves one where one is. */
  private static int move(int state, int action) {
    int x = Math.clamp(state % 4 + (action == 0 ? 1 : action == 1 ? -1 : 0), 0, 3);
    int y = Math.clamp(state / 4 + (action == 2 ? 1 : action == 3 ? -1 : 0), 0, 3);
    return 4 * y + x;
  }

  /** From how many places the likeliest moves lead to the goal by a shortest way. */
  public int shortestWays() {
    int found = 0;
    for (int start = 0; start < GOAL; start++) {
      int state = start;
      int moves = 0;
      while (state != GOAL && moves <= 6) {
        state = move(state, likeliest(state));
        moves++;
      }
      found += state == GOAL && moves == 6 - start % 4 - start / 4 ? 1 : 0;
    }
    return found;
  }
}
