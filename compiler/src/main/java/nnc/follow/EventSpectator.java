package nnc.follow;

import java.nio.file.Path;
import nnc.pictures.Drawing;
import nnc.pictures.NetworkPictures;
import nnc.pictures.TrainingHistory;

/**
 * {@code train --tensorboard}: figures of training and validation, which have a folder each, so that TensorBoard shows them as two lines of one chart; losses of
 * steps; weights as histograms, and pictures of pixels.
 */
public final class EventSpectator implements Spectator {
  /** Steps between two losses, and the share of time that histograms and pictures may take. */
  private static final int STEPS = 10;
  private static final double SHARE = 0.1;

  private final Path folder;
  private final Share share = new Share(SHARE);
  private EventFile training;
  private EventFile validation;
  private int drawn = -1;

  public EventSpectator(Path folder) {
    this.folder = folder;
  }

  @Override
  public void begun(FollowedTraining followed) {
    training = new EventFile(folder.resolve("train"));
  }

  @Override
  public void stepped(FollowedTraining followed) {
    int step = followed.run().step();
    if (step % STEPS == 0) {
      training.scalar("step/loss", step, followed.run().loss());
    }
  }

  @Override
  public void epochEnded(FollowedTraining followed, TrainingHistory.Epoch epoch) {
    epoch.training().forEach((name, value) -> training.scalar(name, epoch.step(), value));
    training.scalar("examples_per_second", epoch.step(), epoch.examples() / epoch.seconds());
    if (!epoch.validation().isEmpty()) {
      validation = validation == null ? new EventFile(folder.resolve("validation")) : validation;
      epoch.validation().forEach((name, value) -> validation.scalar(name, epoch.step(), value));
    }
    share.use(() -> pictures(followed, epoch.step()));
  }

  @Override
  public void ended(FollowedTraining followed) {
    pictures(followed, followed.run().step());
    followed.note("events for TensorBoard are in " + folder + ": tensorboard --logdir " + folder);
  }

  private void pictures(FollowedTraining followed, int step) {
    if (step == drawn) {
      return;
    }
    drawn = step;
    var model = followed.view().model();
    model.spec().weights().stream().filter(weight -> weight.kind() == nnc.runtime.spec.ModelSpec.WeightKind.PARAMETER)
        .forEach(weight -> training.histogram("weights/" + weight.path(), step, model.weight(weight.path()).toDoubles()));
    NetworkPictures.quick(followed.view()).stream().filter(Drawing::isPng).forEach(drawing -> training.image(drawing.file().replace(".png", ""), step, drawing.content()));
  }

  @Override
  public void close() {
    if (training != null) {
      training.close();
    }
    if (validation != null) {
      validation.close();
    }
  }
}
