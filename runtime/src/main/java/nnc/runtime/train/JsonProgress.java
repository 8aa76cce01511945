package nnc.runtime.train;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import nnc.runtime.base.Json;
import nnc.runtime.files.WeightFile;

/** Training's lines for programs: one JSON object an event. */
public final class JsonProgress implements Progress {
  private final PrintStream out;

  public JsonProgress(PrintStream out) {
    this.out = out;
  }

  private void print(Json json) {
    out.println(json);
    out.flush();
  }

  @Override
  public void begin(String summary) {
    print(new Json().put("event", "begin").put("text", summary));
  }

  @Override
  public void initialised(String file, WeightFile.Fit fit) {
    print(new Json().put("event", "init").put("file", file).put("taken", fit.taken()).put("missing", fit.missing())
        .put("other_shape", fit.other()).put("unused", fit.unused()));
  }

  @Override
  public void step(int epoch, int epochs, int done, int examples, double seconds, Supplier<List<Figure>> soFar) {}

  @Override
  public void epoch(Epoch epoch) {
    print(json(epoch, new Json().put("event", "epoch")));
  }

  /** An epoch's numbers. */
  static Json json(Epoch epoch, Json json) {
    json.put("epoch", epoch.number() + 1).put("step", epoch.step()).put("seconds", epoch.seconds());
    values(epoch.training(), "", json);
    if (epoch.validation() != null) {
      values(epoch.validation(), "val_", json);
    }
    return json;
  }

  static void values(List<Figure> figures, String prefix, Json json) {
    for (Figure figure : figures) {
      if (figure.isNumber()) {
        json.put(prefix + figure.name(), figure.value());
      } else {
        json.put(prefix + figure.name(), figure.shape(), figure.values());
      }
    }
  }

  @Override
  public void note(String kind, String text) {
    print(new Json().put("event", kind).put("text", text));
  }

  @Override
  public void results(String role, int examples, double seconds, List<Figure> figures, List<String> classes) {
    var json = new Json().put("event", "results").put("data", role).put("examples", examples).put("seconds", seconds);
    if (!classes.isEmpty()) {
      json.put("classes", classes);
    }
    values(figures, "", json);
    print(json);
  }
}
