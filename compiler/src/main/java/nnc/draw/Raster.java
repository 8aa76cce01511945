package nnc.draw;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import nnc.runtime.files.AtomicFile;

/** Pixels. */
public record Raster(int width, int height, Colours colours) {
  /** The colour of each. */
  public interface Colours {
    /** 0xRRGGBB of a pixel, from the upper left corner. */
    int at(int x, int y);
  }

  /** Writes a PNG file of eight bits a colour; another kind of file stays as it is. */
  public void write(Path file) {
    AtomicFile.keepOthers(file, "a PNG file", "\u0089PNG");
    AtomicFile.write(file, out -> out.write(png()));
  }

  /** The same as bytes. */
  public byte[] png() {
    try {
      var out = new ByteArrayOutputStream();
      out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
      var head = new ByteArrayOutputStream();
      var data = new DataOutputStream(head);
      data.writeInt(width);
      data.writeInt(height);
      data.write(new byte[] {8, 2, 0, 0, 0});
      chunk(out, "IHDR", head.toByteArray());
      chunk(out, "IDAT", compressed());
      chunk(out, "IEND", new byte[0]);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] compressed() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var packed = new DeflaterOutputStream(bytes)) {
      var line = new byte[1 + 3 * width];
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int rgb = colours.at(x, y);
          line[1 + 3 * x] = (byte) (rgb >> 16);
          line[2 + 3 * x] = (byte) (rgb >> 8);
          line[3 + 3 * x] = (byte) rgb;
        }
        packed.write(line);
      }
    }
    return bytes.toByteArray();
  }

  private static void chunk(OutputStream out, String type, byte[] content) throws IOException {
    var data = new DataOutputStream(out);
    var name = type.getBytes(StandardCharsets.US_ASCII);
    var sum = new CRC32();
    sum.update(name);
    sum.update(content);
    data.writeInt(content.length);
    data.write(name);
    data.write(content);
    data.writeInt((int) sum.getValue());
    data.flush();
  }
}
