package nnc.follow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import nnc.pictures.Drawing;
import nnc.pictures.NetworkPictures;
import nnc.pictures.PictureFolder;
import nnc.pictures.TrainingCurves;
import nnc.pictures.TrainingHistory;
import nnc.pictures.WeightPath;

/** {@code train --pictures}: curves after each epoch, if that takes little of its time, and all pictures at the end. */
public final class PictureSpectator implements Spectator {
  private final Path place;
  private final Share share = new Share(0.05);
  private final WeightPath path = new WeightPath();
  private PictureFolder folder;

  /** @param place the folder, which is made if it is not there */
  public PictureSpectator(Path place) {
    this.place = place;
  }

  @Override
  public void begun(FollowedTraining training) {
    folder = new PictureFolder(place, training.name());
    path.add(training.view(), training.run().step());
  }

  @Override
  public void stepped(FollowedTraining training) {
    path.add(training.view(), training.run().step());
  }

  @Override
  public void epochEnded(FollowedTraining training, TrainingHistory.Epoch epoch) {
    share.use(() -> folder.write(List.of(TrainingCurves.of(training.history(), training.name()))));
  }

  @Override
  public void ended(FollowedTraining training) {
    var drawings = new ArrayList<Drawing>();
    if (!training.history().epochs().isEmpty()) {
      drawings.add(TrainingCurves.of(training.history(), training.name()));
    }
    drawings.addAll(NetworkPictures.quick(training.view()));
    drawings.addAll(NetworkPictures.confusion(training.view()));
    drawings.addAll(NetworkPictures.histograms(training.view(), training.differentiated()));
    path.end(training.view());
    drawings.addAll(NetworkPictures.landscapes(training.view(), path, training::note));
    folder.write(drawings);
    training.note("saved " + folder.size() + (folder.size() == 1 ? " picture" : " pictures") + " in " + place + ", which index.html there shows");
  }
}
