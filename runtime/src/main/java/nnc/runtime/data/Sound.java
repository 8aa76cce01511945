package nnc.runtime.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import nnc.runtime.base.Fault;

/**
 * The sound of a WAV file: samples by channel, whole numbers of 8 (without sign), 16, 24 or 32 bits as shares of the largest, or numbers of 32 or 64 bits as
 * they are.
 *
 * @param rate samples a second
 */
record Sound(int rate, float[][] samples) {
  private static final int WHOLE = 1, FLOATS = 3, EXTENSIBLE = 0xfffe;

  /** Zeros of the filter to each side. */
  private static final int ZEROS = 16;

  /** What a file's format chunk says. */
  private record Format(int tag, int channels, int rate, int bits) {}

  int length() {
    return samples[0].length;
  }

  /**
   * Reads a file.
   *
   * @throws Fault if it cannot be read, is damaged or claims more than it has, or has samples of another kind
   */
  static Sound read(Path file) {
    try {
      if (Files.size(file) > Integer.MAX_VALUE - 8) {
        throw new Fault(file + ": more than one array can hold", "cut the sound");
      }
      return decode(file, ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    } catch (OutOfMemoryError e) {
      throw new Fault(file + ": not enough memory to hold what is in it", "give Java more memory with -Xmx", e);
    }
  }

  private static Sound decode(Path file, ByteBuffer bytes) {
    if (bytes.remaining() < 12 || !name(bytes, 0).equals("RIFF") || !name(bytes, 8).equals("WAVE")) {
      throw new Fault(file + ": not a WAV file");
    }
    Format format = null;
    int at = 12;
    while (at + 8 <= bytes.limit()) {
      long size = bytes.getInt(at + 4) & 0xffff_ffffL;
      int from = at + 8;
      if (size > bytes.limit() - from) {
        throw new Fault(file + ": truncated: " + (bytes.limit() - from) + " of " + size + " bytes of the part '" + name(bytes, at) + "'", "fetch the file again");
      }
      if (name(bytes, at).equals("fmt ")) {
        format = format(file, bytes, from, (int) size);
      } else if (name(bytes, at).equals("data")) {
        if (format == null) {
          throw new Fault(file + ": damaged: it has samples before their format");
        }
        return new Sound(format.rate(), samples(file, bytes, from, (int) size, format));
      }
      at = (int) Math.min(bytes.limit(), from + size + size % 2);
    }
    throw new Fault(file + ": damaged: it has no samples");
  }

  private static String name(ByteBuffer bytes, int at) {
    return new String(bytes.array(), at, 4, StandardCharsets.ISO_8859_1);
  }

  private static Format format(Path file, ByteBuffer bytes, int at, int size) {
    if (size < 16) {
      throw new Fault(file + ": damaged: its format has " + size + " bytes");
    }
    int tag = bytes.getShort(at) & 0xffff;
    // the extensible form has the tag as the beginning of a longer one
    tag = tag == EXTENSIBLE && size >= 26 ? bytes.getShort(at + 24) & 0xffff : tag;
    var format = new Format(tag, bytes.getShort(at + 2) & 0xffff, bytes.getInt(at + 4), bytes.getShort(at + 14));
    boolean whole = tag == WHOLE && (format.bits == 8 || format.bits == 16 || format.bits == 24 || format.bits == 32);
    if (!whole && !(tag == FLOATS && (format.bits == 32 || format.bits == 64))) {
      throw new Fault(file + ": samples of " + format.bits + " bits in WAV format " + tag + " are not supported", "save it as PCM of 16 bits");
    } else if (format.channels < 1 || format.rate < 1) {
      throw new Fault(file + ": damaged: " + format.channels + " channels of " + format.rate + " samples a second");
    }
    return format;
  }

  private static float[][] samples(Path file, ByteBuffer bytes, int from, int size, Format format) {
    int width = format.bits / 8;
    int frame = width * format.channels;
    if (size == 0 || size % frame != 0) {
      throw new Fault(file + ": damaged: " + size + " bytes are no number of samples of " + frame);
    }
    float[][] samples = new float[format.channels][size / frame];
    for (int i = 0; i < size / frame; i++) {
      for (int channel = 0; channel < format.channels; channel++) {
        samples[channel][i] = sample(bytes, from + i * frame + channel * width, format);
      }
    }
    return samples;
  }

  private static float sample(ByteBuffer bytes, int at, Format format) {
    if (format.tag == FLOATS) {
      return format.bits == 32 ? bytes.getFloat(at) : (float) bytes.getDouble(at);
    }
    return switch (format.bits) {
      case 8 -> ((bytes.get(at) & 0xff) - 128) / 128f;
      case 16 -> bytes.getShort(at) / 32768f;
      case 24 -> (bytes.getShort(at) & 0xffff | bytes.get(at + 2) << 16) / 8388608f;
      default -> bytes.getInt(at) / 2147483648f;
    };
  }

  /** The mean of the channels as one. */
  Sound mixed() {
    float[] mean = new float[length()];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (float[] channel : samples) {
        sum += channel[i];
      }
      mean[i] = (float) (sum / samples.length);
    }
    return new Sound(rate, new float[][] {mean});
  }

  /**
   * The same sound at another rate, by the ideal low-pass filter within Hann's window (sin(pi x) / (pi x) under cos^2, 16 zeros to each side); what the
   * lower of both rates cannot have is left out.
   */
  Sound resampled(int wanted) {
    double step = (double) rate / wanted;
    long length = Math.max(1, Math.round(length() / step));
    if (length > Integer.MAX_VALUE - 8) {
      throw new Fault("a sound of " + length + " samples is more than one array can hold", "take a lower rate");
    }
    double cutoff = Math.min(1, 1 / step);
    double reach = ZEROS / cutoff;
    float[][] made = new float[samples.length][(int) length];
    for (int i = 0; i < length; i++) {
      double centre = i * step;
      int first = (int) Math.max(0, Math.ceil(centre - reach));
      int last = (int) Math.min(length() - 1, Math.floor(centre + reach));
      for (int channel = 0; channel < samples.length; channel++) {
        double sum = 0;
        for (int k = first; k <= last; k++) {
          sum += samples[channel][k] * weight((k - centre) * cutoff);
        }
        made[channel][i] = (float) (sum * cutoff);
      }
    }
    return new Sound(wanted, made);
  }

  private static double weight(double x) {
    double window = StrictMath.cos(Math.PI * x / (2 * ZEROS));
    double angle = Math.PI * x;
    return x == 0 ? 1 : StrictMath.sin(angle) / angle * window * window;
  }

  /** For messages. */
  @Override
  public String toString() {
    return length() + " samples of " + samples.length + (samples.length == 1 ? " channel" : " channels") + " at " + rate + " a second";
  }
}
