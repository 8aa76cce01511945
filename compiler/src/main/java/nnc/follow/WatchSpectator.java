package nnc.follow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.pictures.Drawing;
import nnc.pictures.NetworkPictures;
import nnc.pictures.TrainingCurves;
import nnc.pictures.TrainingHistory;
import nnc.runtime.base.Json;

/** {@code train --watch}: tells a page of numbers a few times a second, and draws pictures as often as takes little of the time. */
public final class WatchSpectator implements Spectator {
  private static final long INTERVAL_NS = 250_000_000;
  private static final int MOST_WAITING = 1000;

  /** A picture as the page knows it. */
  private record Shown(String caption, int version) {}

  private final WatchServer server;
  private final Share pictures = new Share(0.1);
  private final Map<String, Shown> shown = new LinkedHashMap<>();
  private long told;
  private Map<String, Double> figures = Map.of();
  /** Figures of epochs that the page has not been told of. */
  private final List<String> epochs = new ArrayList<>();
  private boolean over;

  /** @param port 0 for one that is free */
  public WatchSpectator(int port) {
    server = new WatchServer(port);
  }

  /** Where one can watch. */
  public String address() {
    return server.address();
  }

  @Override
  public void begun(FollowedTraining training) {
    pictures.use(() -> draw(NetworkPictures.quick(training.view())));
    tell(training);
  }

  @Override
  public void stepped(FollowedTraining training) {
    if (System.nanoTime() - told < INTERVAL_NS) {
      return;
    }
    draw(training);
    tell(training);
  }

  @Override
  public void epochEnded(FollowedTraining training, TrainingHistory.Epoch epoch) {
    var all = new LinkedHashMap<>(epoch.training());
    epoch.validation().forEach((name, value) -> all.put("validation " + name, value));
    figures = all;
    epochs.add(new Json().put("epoch", epoch.number()).put("step", epoch.step()).put("rate", epoch.examples() / epoch.seconds())
        .raw("training", object(epoch.training())).raw("validation", object(epoch.validation())).toString());
    if (epochs.size() > MOST_WAITING) {
      tellEpochs();
    }
  }

  /** Everything there is, once more. */
  @Override
  public void ended(FollowedTraining training) {
    over = true;
    if (!training.history().epochs().isEmpty()) {
      draw(List.of(TrainingCurves.of(training.history(), training.name())));
    }
    draw(NetworkPictures.quick(training.view()));
    draw(NetworkPictures.confusion(training.view()));
    draw(NetworkPictures.histograms(training.view(), training.differentiated()));
    tell(training);
  }

  private void draw(FollowedTraining training) {
    pictures.use(() -> {
      draw(NetworkPictures.quick(training.view()));
      draw(NetworkPictures.histograms(training.view(), training.differentiated()));
    });
  }

  private void draw(List<Drawing> drawings) {
    for (var drawing : drawings) {
      server.picture(drawing.file(), drawing.content());
      shown.merge(drawing.file(), new Shown(drawing.caption(), 1), (old, _) -> new Shown(drawing.caption(), old.version + 1));
    }
  }

  private static String object(Map<String, Double> numbers) {
    var json = new Json();
    numbers.forEach(json::put);
    return json.toString();
  }

  private void tellEpochs() {
    if (!epochs.isEmpty()) {
      server.add(epochs);
      epochs.clear();
    }
  }

  private void tell(FollowedTraining training) {
    told = System.nanoTime();
    tellEpochs();
    var pictures = shown.entrySet().stream().map(entry -> new Json().put("file", entry.getKey()).put("caption", entry.getValue().caption).put("version", entry.getValue().version).toString())
        .toList();
    var numbers = new LinkedHashMap<String, Double>();
    numbers.put("loss of the last step", training.run().loss());
    numbers.putAll(figures);
    var list = numbers.entrySet().stream().map(entry -> new Json().put("name", entry.getKey()).put("value", entry.getValue()).toString()).toList();
    server.tell(new Json().put("name", training.name()).put("epoch", training.epoch()).put("epochs", training.epochs()).put("step", training.run().step())
        .put("done", training.done()).put("examples", training.examples()).put("rate", training.rate()).put("ended", over)
        .raw("figures", "[" + String.join(",", list) + "]").raw("pictures", "[" + String.join(",", pictures) + "]").toString());
  }

  @Override
  public void close() {
    server.close();
  }
}
