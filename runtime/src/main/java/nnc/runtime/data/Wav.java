package nnc.runtime.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * A folder with a sub-folder of WAV files for each class: columns {@code sound: [channels, samples]}, from -1 to 1, and {@code label}. {@code rate} is
 * that of the samples: files of another are resampled, which none is unless this is said. {@code length} is the number of samples, at which sounds are cut
 * or filled up with silence; {@code channels = 1} has the mean of a file's channels.
 */
final class Wav implements SourceReader {
  /** What a file that is not damaged is resampled by. */
  private static final double FARTHEST = 100;

  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    Path root = folder.find(arguments.text("folder"));
    long rate = arguments.namedWhole("rate", 0);
    long length = arguments.namedWhole("length", 0);
    long channels = arguments.namedWhole("channels", 0);
    arguments.end();
    if (rate < 0 || rate > 1 << 24 || length < 0 || length > Integer.MAX_VALUE || channels < 0 || channels > 1 << 10) {
      throw arguments.fault("rate, length and channels are numbers of at least 1");
    }
    var classes = ClassFolders.of(root, List.of(".wav", ".wave"), "WAV files");
    Sound first = sound(classes.files().get(0), (int) rate, (int) channels);
    int count = length > 0 ? (int) length : first.length();
    int width = arguments.elements(count, first.samples().length);
    float[] numbers = new float[arguments.elements(classes.files().size(), width)];
    for (int i = 0; i < classes.files().size(); i++) {
      Path file = classes.files().get(i);
      Sound sound = i == 0 ? first : sound(file, (int) rate, (int) channels);
      if (length == 0 && sound.length() != count || sound.rate() != first.rate() || sound.samples().length != first.samples().length) {
        throw new Fault(file + ": " + sound + ", and " + classes.files().get(0) + " has " + first, sound.rate() != first.rate() ? "give wav a rate: rate = "
            + first.rate() : sound.samples().length != first.samples().length ? "give wav one channel: channels = 1" : "give wav a length: length = " + count);
      }
      for (int channel = 0; channel < sound.samples().length; channel++) {
        System.arraycopy(sound.samples()[channel], 0, numbers, i * width + channel * count, Math.min(count, sound.length()));
      }
    }
    return Table.of(root.toString(), List.of(new Column("sound", new int[] {first.samples().length, count}, numbers), classes.label()));
  }

  private static Sound sound(Path file, int rate, int channels) {
    Sound sound = Sound.read(file);
    if (channels > 0 && channels != sound.samples().length) {
      if (channels != 1) {
        throw new Fault(file + ": " + sound.samples().length + " channels, and " + channels + " are wanted", "of several channels one can be made: channels = 1");
      }
      sound = sound.mixed();
    }
    if (rate > 0 && Math.max((double) rate / sound.rate(), (double) sound.rate() / rate) > FARTHEST) {
      throw new Fault(file + ": " + sound.rate() + " samples a second are too far from rate = " + rate);
    }
    return rate > 0 && rate != sound.rate() ? sound.resampled(rate) : sound;
  }
}
