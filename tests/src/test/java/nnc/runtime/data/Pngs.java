package nnc.runtime.data;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** Writes PNG files of every kind that the format knows, sample by sample, without the JDK's own coder. */
final class Pngs {
  private Pngs() {}

  static final int GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGB_ALPHA = 6;

  /** First row and column of each pass of an interlaced picture, and their distances (Adam7). */
  private static final int[][] PASSES = {{0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}};
  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  static int channels(int type) {
    return type == RGB ? 3 : type == GREY_ALPHA ? 2 : type == RGB_ALPHA ? 4 : 1;
  }

  /**
   * A file.
   *
   * @param samples  by row, column and channel
   * @param palette  colours 0xRRGGBB of a palette, or null
   * @param clear    what a tRNS chunk holds, or null
   */
  static byte[] png(int type, int bits, boolean interlaced, int[][][] samples, int[] palette, byte[] clear) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    chunk(out, "IHDR", header(samples[0].length, samples.length, bits, type, interlaced));
    if (palette != null) {
      var colours = new ByteArrayOutputStream();
      for (int colour : palette) {
        colours.writeBytes(new byte[] {(byte) (colour >> 16), (byte) (colour >> 8), (byte) colour});
      }
      chunk(out, "PLTE", colours.toByteArray());
    }
    if (clear != null) {
      chunk(out, "tRNS", clear);
    }
    chunk(out, "IDAT", deflated(rows(bits, interlaced, samples)));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  static byte[] header(int width, int height, int bits, int type, boolean interlaced) {
    var header = new ByteArrayOutputStream();
    try (var data = new DataOutputStream(header)) {
      data.writeInt(width);
      data.writeInt(height);
      data.write(new byte[] {(byte) bits, (byte) type, 0, 0, (byte) (interlaced ? 1 : 0)});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return header.toByteArray();
  }

  static byte[] deflated(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var zip = new DeflaterOutputStream(out, new Deflater(9))) {
      zip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    var body = new ByteArrayOutputStream();
    body.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(data);
    var crc = new CRC32();
    crc.update(body.toByteArray());
    out.writeBytes(number(data.length));
    out.writeBytes(body.toByteArray());
    out.writeBytes(number((int) crc.getValue()));
  }

  private static byte[] number(int value) {
    return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
  }

  private static byte[] rows(int bits, boolean interlaced, int[][][] samples) {
    var out = new ByteArrayOutputStream();
    for (int[] pass : interlaced ? PASSES : ONE_PASS) {
      for (int y = pass[0]; y < samples.length && pass[1] < samples[0].length; y += pass[2]) {
        out.write(0);
        int pending = 0;
        int held = 0;
        for (int x = pass[1]; x < samples[0].length; x += pass[3]) {
          for (int sample : samples[y][x]) {
            if (bits == 16) {
              out.write(sample >> 8);
            }
            pending = pending << Math.min(bits, 8) | sample & 0xff;
            held += Math.min(bits, 8);
            if (held == 8) {
              out.write(pending);
              pending = held = 0;
            }
          }
        }
        if (held > 0) {
          out.write(pending << 8 - held);
        }
      }
    }
    return out.toByteArray();
  }
}
