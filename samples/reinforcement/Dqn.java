import java.nio.file.Path;
import java.util.Random;
import nnc.runtime.Context;
import nnc.runtime.Model;
import nnc.runtime.learn.Learner;

/** Finds the ways through a grid of 4 x 4 to its corner by deep Q-learning: {@code java -cp dqn.jar Dqn.java dqn.jar}. */
public final class Dqn {
  private static final int STATES = 16, ACTIONS = 4, GOAL = 15, BATCH = 32, MEMORY = 2000, TURNS = 6000;
  private static final float DISCOUNT = 0.9f;

  private final Random random = new Random(1);
  private final Model model;
  private final Model target;
  private final Context act;
  private final Context judge;
  private final Learner learner;
  /** State, action, next state and reward of past moves. */
  private final int[][] memory = new int[MEMORY][4];

  public Dqn(Model model) {
    this.model = model;
    target = model.copy();
    act = model.context("predict", 1);
    judge = target.context("predict", BATCH);
    learner = Learner.of(model, BATCH);
  }

  public static void main(String[] arguments) {
    var dqn = new Dqn(Model.load(Path.of(arguments[0])).initialised(1));
    dqn.learn();
    System.out.println("shortest ways from " + dqn.shortestWays() + " of 15 places");
  }

  /** Plays, with fewer and fewer moves at random, and learns from moves of the past; the target network follows every 50 steps. */
  public void learn() {
    int state = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      int action = random.nextDouble() < Math.max(0.1, 1 - turn / 3000.0) ? random.nextInt(ACTIONS) : best(state);
      int next = move(state, action);
      memory[turn % MEMORY] = new int[] {state, action, next, next == GOAL ? 1 : 0};
      state = next == GOAL ? random.nextInt(GOAL) : next;
      if (turn >= 100 && turn % 2 == 0) {
        step(Math.min(turn + 1, MEMORY));
      }
    }
  }

  private void step(int moves) {
    int[][] batch = new int[BATCH][];
    int[] nexts = new int[BATCH];
    for (int i = 0; i < BATCH; i++) {
      batch[i] = memory[random.nextInt(moves)];
      nexts[i] = batch[i][2];
    }
    judge.input("state").set(states(nexts));
    judge.run();
    int[] states = new int[BATCH];
    int[] actions = new int[BATCH];
    float[] wanted = new float[BATCH];
    for (int i = 0; i < BATCH; i++) {
      states[i] = batch[i][0];
      actions[i] = batch[i][1];
      wanted[i] = batch[i][3] == 1 ? 1 : DISCOUNT * (float) judge.output("worth").get(i * ACTIONS + argmax(judge, i));
    }
    learner.set("state", states(states));
    learner.set("action", actions);
    learner.set("wanted", wanted);
    learner.step();
    if (learner.steps() % 50 == 0) {
      target.take(model);
    }
  }

  private int best(int state) {
    act.input("state").set(states(state));
    act.run();
    return argmax(act, 0);
  }

  private static int argmax(Context context, int row) {
    int best = 0;
    for (int action = 1; action < ACTIONS; action++) {
      best = context.output("worth").get(row * ACTIONS + action) > context.output("worth").get(row * ACTIONS + best) ? action : best;
    }
    return best;
  }

  private static float[] states(int... places) {
    float[] rows = new float[places.length * STATES];
    for (int i = 0; i < places.length; i++) {
      rows[i * STATES + places[i]] = 1;
    }
    return rows;
  }

  /** Right, left, down, up; a wall leaves one where one is. */
  private static int move(int state, int action) {
    int x = Math.clamp(state % 4 + (action == 0 ? 1 : action == 1 ? -1 : 0), 0, 3);
    int y = Math.clamp(state / 4 + (action == 2 ? 1 : action == 3 ? -1 : 0), 0, 3);
    return 4 * y + x;
  }

  /** From how many places the best moves lead to the goal by a shortest way. */
  public int shortestWays() {
    int found = 0;
    for (int start = 0; start < GOAL; start++) {
      int state = start;
      int moves = 0;
      while (state != GOAL && moves <= 6) {
        state = move(state, best(state));
        moves++;
      }
      found += state == GOAL && moves == 6 - start % 4 - start / 4 ? 1 : 0;
    }
    return found;
  }
}
