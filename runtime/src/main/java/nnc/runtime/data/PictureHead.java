package nnc.runtime.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32;
import nnc.runtime.base.Fault;

/**
 * What a PNG or JPEG file says of itself before its pixels (W3C's PNG, ITU T.81, Exif 2.3). PNG's check sums are compared and sizes held
 * against the bytes that are there, so that nothing is made that the file cannot hold.
 *
 * @param grey        whether it has no colours: of PNG colour types 0 and 4, of JPEG one component
 * @param components  of a JPEG; 0 for a PNG
 * @param transform   what Adobe's marker says of a JPEG's colours: 0 none, 1 YCC, 2 YCCK; -1 without a marker
 * @param orientation as Exif has it, 1 to 8: how to turn the picture so that it is upright
 */
record PictureHead(int width, int height, boolean grey, int components, int transform, int orientation) {
  private static final long PNG = 0x89504e470d0a1a0aL;
  private static final int IHDR = 0x49484452, IDAT = 0x49444154, IEND = 0x49454e44;
  private static final int SOI = 0xffd8, SOS = 0xda, EOI = 0xd9, APP1 = 0xe1, APP14 = 0xee;

  /** More pixels than any camera has; a decoder would need gigabytes. */
  private static final long MOST_PIXELS = 1 << 28;

  /** Deflate's best, and a block of 8 x 8 pixels for each bit: what more a file claims it does not have. */
  private static final long PNG_RATIO = 1032, JPEG_PIXELS_A_BYTE = 512;

  /** @throws Fault if it is no such file, or one that is damaged or too large */
  static PictureHead of(byte[] file, Path path) {
    var bytes = ByteBuffer.wrap(file);
    if (file.length > 8 && bytes.getLong(0) == PNG) {
      return png(bytes, path);
    } else if (file.length > 2 && (bytes.getShort(0) & 0xffff) == SOI) {
      return jpeg(bytes, path);
    }
    throw new Fault(path + (file.length == 0 ? ": empty" : ": not a PNG or JPEG file"));
  }

  private static Fault damaged(Path path, String what) {
    return new Fault(path + ": damaged: " + what);
  }

  private PictureHead held(double most, Path path) {
    if (width < 1 || height < 1) {
      throw damaged(path, "it claims " + width + " x " + height + " pixels");
    } else if ((double) width * height > most) {
      throw damaged(path, "it claims " + width + " x " + height + " pixels, more than its bytes can hold");
    } else if ((long) width * height > MOST_PIXELS) {
      throw new Fault(path + ": " + width + " x " + height + " pixels are too many to decode", "make it smaller first");
    }
    return this;
  }

  // ---- PNG

  private static PictureHead png(ByteBuffer bytes, Path path) {
    long present = 0;
    int at = 8;
    int type = 0;
    while (type != IEND) {
      if (bytes.limit() - at < 12 || bytes.getInt(at) < 0 || bytes.getInt(at) > bytes.limit() - at - 12) {
        throw damaged(path, "it ends too early");
      }
      int length = bytes.getInt(at);
      type = bytes.getInt(at + 4);
      var crc = new CRC32();
      crc.update(bytes.array(), at + 4, length + 4);
      if ((int) crc.getValue() != bytes.getInt(at + 8 + length) || at == 8 && (type != IHDR || length != 13)) {
        throw damaged(path, "a check sum is wrong");
      }
      present += type == IDAT ? length : 0;
      at += 12 + length;
    }
    int bits = bytes.get(24);
    int colours = bytes.get(25);
    double samples = colours == 2 ? 3 : colours == 4 ? 2 : colours == 6 ? 4 : 1;
    return new PictureHead(bytes.getInt(16), bytes.getInt(20), colours == 0 || colours == 4, 0, -1, 1)
        .held(8.0 * PNG_RATIO * present / (samples * Math.max(1, bits)), path);
  }

  // ---- JPEG

  private static PictureHead jpeg(ByteBuffer bytes, Path path) {
    int transform = -1;
    int orientation = 1;
    PictureHead frame = null;
    for (int at = 2; at + 4 <= bytes.limit(); at += 2 + (bytes.getShort(at + 2) & 0xffff)) {
      while (at + 4 < bytes.limit() && (bytes.get(at) & 0xff) == 0xff && (bytes.get(at + 1) & 0xff) == 0xff) {
        at++;
      }
      int marker = bytes.get(at + 1) & 0xff;
      int length = (bytes.getShort(at + 2) & 0xffff) - 2;
      if ((bytes.get(at) & 0xff) != 0xff || marker == SOS || marker == EOI) {
        break;
      } else if (length < 0 || length > bytes.limit() - at - 4) {
        throw damaged(path, "it ends too early");
      }
      ByteBuffer segment = bytes.slice(at + 4, length);
      if (marker == APP14 && starts(segment, "Adobe") && length >= 12) {
        transform = segment.get(11) & 0xff;
      } else if (marker == APP1 && starts(segment, "Exif\0\0")) {
        orientation = orientation(segment.slice(6, length - 6));
      } else if (isFrame(marker) && length >= 6) {
        frame = new PictureHead(segment.getShort(3) & 0xffff, segment.getShort(1) & 0xffff, segment.get(5) == 1, segment.get(5) & 0xff, -1, 1);
      }
    }
    if (frame == null) {
      throw damaged(path, "it has no frame");
    }
    return new PictureHead(frame.width, frame.height, frame.grey, frame.components, transform, orientation)
        .held((double) JPEG_PIXELS_A_BYTE * bytes.limit(), path);
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static boolean starts(ByteBuffer bytes, String text) {
    boolean equal = bytes.limit() >= text.length();
    for (int i = 0; equal && i < text.length(); i++) {
      equal = bytes.get(i) == text.charAt(i);
    }
    return equal;
  }

  /** The tag 0x112 of the first directory of a TIFF; 1 if it has none that is sound. */
  private static int orientation(ByteBuffer tiff) {
    if (tiff.limit() < 8) {
      return 1;
    }
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long at = tiff.getInt(4) & 0xffffffffL;
    int count = at + 2 > tiff.limit() ? 0 : tiff.getShort((int) at) & 0xffff;
    for (long entry = at + 2; count > 0 && entry + 12 <= tiff.limit(); entry += 12, count--) {
      if (tiff.getShort((int) entry) == 0x112) {
        int value = tiff.getShort((int) entry + 8);
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }
}
