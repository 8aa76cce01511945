package nnc.elaborate;

import static nnc.elaborate.Topic.SETTINGS;

import java.util.List;

/** Of what a train block may say: {@link nnc.runtime.spec.Setting}, {@link StepSettings}. */
final class SettingDocs {
  private SettingDocs() {}

  private static BuiltinDoc of(String name, String text, String example) {
    return BuiltinDoc.of(name, SETTINGS, text + "Example:\n  train { " + example + " }");
  }

  static final List<BuiltinDoc> ALL = List.of(
      of("optimizer", """
          How weights learn. It has to be said. `optimizer = ... on "pattern"` is for the weights whose path matches.
          """, "optimizer = adam(0.001)  optimizer = sgd(0.1) on \"*.b\""),
      of("loss", """
          What is lowered, of the program's losses: their sum without it.
          """, "loss = error  optimizer = adam()"),
      of("batch", """
          Examples of a step; 32 without it. Also --batch.
          """, "optimizer = adam()  batch = 64"),
      of("tokens", """
          Of rows that differ in length: at most so many places of a batch, that is rows times the longest of them; batch bounds the rows all the same. No bound without
          it. Also --tokens.
          """, "optimizer = adam()  batch = 256  tokens = 4096"),
      of("memory", """
          Bytes that training may take, such as "512M" or "2G". Loops over open lengths keep every k-th state alone then, k being about the root of their length, and compute the others again
          for the gradient; what takes more all the same is refused. Without it all states are kept, and all that Java has may be taken. Also --memory, of a jar
          only to refuse what takes more.
          """, "optimizer = adam()  memory = \"2G\""),
      of("epochs", """
          Passes over the data; 1 without it. Also --epochs.
          """, "optimizer = adam()  epochs = 10"),
      of("seed", """
          Of initial weights, the order of examples, and draws; drawn and told without it. Also --seed.
          """, "optimizer = adam()  seed = 1"),
      of("shuffle", """
          Whether each epoch has an order of its own; true without it.
          """, "optimizer = adam()  shuffle = false"),
      of("accumulate", """
          The optimizer runs on every n-th batch alone, on the mean of the gradients since the last time; 1 without it.
          """, "optimizer = adam()  accumulate = 4"),
      of("clip_value", """
          Each element of a gradient is held between minus this and this.
          """, "optimizer = adam()  clip_value = 1"),
      of("clip_norm", """
          Each weight's gradient is made no longer than this.
          """, "optimizer = adam()  clip_norm = 1"),
      of("clip_global_norm", """
          All gradients together are made no longer than this.
          Source: Pascanu et al. 2013.
          """, "optimizer = adam()  clip_global_norm = 1"),
      of("every", """
          Within a step: it runs on every k-th batch; 1 without it.
          """, "step { optimizer = adam()  every = 2 }"),
      of("average", """
          Weights that follow those that learn, and predict in their place: `ema`, `swa`, or a function of the last average and the weight.
          """, "optimizer = adam()  average = ema(0.999)"),
      of("early_stopping", """
          Training ends after so many epochs without a better value on the validation data, and goes back to the best; 0 for never. Also --early-stopping.
          """, "optimizer = adam()  early_stopping = 5"),
      of("min_delta", """
          How much better counts as better; 0 without it. Also --min-delta.
          """, "optimizer = adam()  early_stopping = 5  min_delta = 0.001"),
      of("monitor", """
          What is watched: "loss", one of several losses, or a metric; "loss" without it.
          """, "optimizer = adam()  early_stopping = 5  monitor = \"loss\""),
      of("mode", """
          "min" or "max": which values are better; of losses the lower, of metrics the higher without it.
          """, "optimizer = adam()  early_stopping = 5  mode = \"min\""),
      of("compare", """
          "best" or "last": with what a value is compared; the best so far without it.
          """, "optimizer = adam()  early_stopping = 5  compare = \"last\""),
      of("restore_best", """
          Whether training ends with the best epoch's weights; true with early_stopping.
          """, "optimizer = adam()  early_stopping = 5  restore_best = false"),
      of("checkpoint_steps", """
          A checkpoint beside the weights every so many steps; 0 for none. Also --checkpoint-steps.
          """, "optimizer = adam()  checkpoint_steps = 1000"),
      of("checkpoint_minutes", """
          A checkpoint beside the weights every so many minutes; 0 for none. Also --checkpoint-minutes.
          """, "optimizer = adam()  checkpoint_minutes = 10"),
      of("keep", """
          Checkpoints that stay, the newest; 3 without it, 0 for all. Also --keep.
          """, "optimizer = adam()  checkpoint_steps = 1000  keep = 5"));
}
