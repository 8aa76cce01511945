package nnc.runtime.files;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import nnc.runtime.base.Fault;

/**
 * A zip archive (PKWARE's APPNOTE 6.3, with the sizes of ZIP64) of which nothing is believed before it is checked: the directory at its end
 * and each entry's own header must say the same, sizes must lie within the file, and what is read of an entry has its length and check sum.
 * {@link java.util.zip.ZipFile} compares neither names nor check sums.
 */
final class ZipArchive implements Closeable {
  private static final int END = 0x06054b50, END_64 = 0x06064b50, LOCATOR_64 = 0x07064b50, DIRECTORY = 0x02014b50, LOCAL = 0x04034b50;
  private static final int END_SIZE = 22, END_64_SIZE = 56, LOCATOR_SIZE = 20, DIRECTORY_SIZE = 46, LOCAL_SIZE = 30;
  private static final int STORED = 0, DEFLATED = 8;
  private static final int ENCRYPTED = 1, SIZES_FOLLOW = 8;
  private static final int BUFFER = 1 << 13;
  private static final long NONE_16 = 0xffff, NONE_32 = 0xffffffffL;

  /** No code of deflate stands for more than 258 bytes, and none is shorter than a bit; a length wants a distance. */
  private static final long LARGEST_RATIO = 1032;

  /**
   * A file in the archive, as the directory has it.
   *
   * @param named      the name's bytes
   * @param at         where its own header begins
   * @param compressed how many bytes of it there are
   * @param size       how many come of them
   */
  record Entry(String name, byte[] named, int flags, int method, long crc, long at, long compressed, long size) {}

  private final Bytes bytes;
  private final long size;
  /** The last bytes, which hold a small archive's whole directory, and where they begin. */
  private byte[] tail = {};
  private long tailAt;
  /** Where the directory begins. */
  private long end;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * The archive that some bytes are; to close it is to close them.
   *
   * @param what for messages, what it should be
   * @throws Fault if it is none, or its directory is damaged
   */
  ZipArchive(Bytes bytes, String origin, String what) throws IOException {
    this.bytes = bytes;
    size = bytes.size();
    try {
      list();
    } catch (ZipException | EOFException e) {
      close();
      throw new Fault(origin + ": not " + what + ", or damaged (" + e.getMessage() + ")", "", e);
    }
  }

  /**
   * Opens a file that is to be a zip archive.
   *
   * @param what for messages, what it should be
   * @throws Fault if it is none, or its directory is damaged
   */
  static ZipArchive open(Path file, String what) throws IOException {
    NetworkJar.requireReadable(file, what);
    return new ZipArchive(Files.isRegularFile(file) ? Bytes.of(file) : Bytes.of(Files.readAllBytes(file)), file.toString(), what);
  }

  /** All entries in the order of the directory. */
  List<Entry> entries() {
    return entries;
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }

  // ---- the directory

  private void list() throws IOException {
    long end = end();
    ByteBuffer last = at(end, END_SIZE);
    long count = last.getShort(10) & NONE_16;
    long length = last.getInt(12) & NONE_32;
    long from = last.getInt(16) & NONE_32;
    long disk = last.getInt(4) & NONE_32;
    ByteBuffer locator = at(Math.max(0, end - LOCATOR_SIZE), LOCATOR_SIZE);
    if (locator.getInt(0) == LOCATOR_64) {
      end = locator.getLong(8);
      last = at(end, END_64_SIZE);
      require(last.getInt(0) == END_64, "its end is damaged");
      count = last.getLong(32);
      length = last.getLong(40);
      from = last.getLong(48);
    }
    require(disk == 0, "it is one part of several");
    require(length >= 0 && from >= 0 && from + length == end && length <= Integer.MAX_VALUE && count <= length / DIRECTORY_SIZE,
        "its directory is damaged");
    ByteBuffer directory = at(from, (int) length);
    long present = 0;
    for (long i = 0; i < count; i++) {
      Entry entry = entry(directory);
      require(entry.compressed >= 0 && entry.compressed <= from, entry.name + " is longer than the file");
      entries.add(entry);
      present += LOCAL_SIZE + entry.compressed;
    }
    require(!directory.hasRemaining() && present <= from, "its directory is damaged");
    this.end = from;
    tail = new byte[0];
  }

  /** The end tells how long the comment behind it is. */
  private long end() throws IOException {
    int length = (int) Math.min(size, END_SIZE + NONE_16);
    ByteBuffer last = at(size - length, length);
    tail = last.array();
    tailAt = size - length;
    for (int i = length - END_SIZE; i >= 0; i--) {
      if (last.getInt(i) == END && (last.getShort(i + 20) & NONE_16) == length - END_SIZE - i) {
        return size - length + i;
      }
    }
    throw new ZipException("it has no end");
  }

  /** The next entry of the directory. */
  private Entry entry(ByteBuffer directory) throws IOException {
    require(directory.remaining() >= DIRECTORY_SIZE, "its directory is damaged");
    ByteBuffer head = directory.slice(directory.position(), DIRECTORY_SIZE).order(directory.order());
    require(head.getInt(0) == DIRECTORY, "its directory is damaged");
    byte[] name = new byte[head.getShort(28) & 0xffff];
    byte[] extra = new byte[head.getShort(30) & 0xffff];
    int comment = head.getShort(32) & 0xffff;
    directory.position(directory.position() + DIRECTORY_SIZE);
    require(directory.remaining() >= name.length + extra.length + comment, "its directory is damaged");
    directory.get(name).get(extra).position(directory.position() + comment);
    // the sizes that the extra field has are those that are missing, in this order
    long[] sizes = {head.getInt(24) & NONE_32, head.getInt(20) & NONE_32, head.getInt(42) & NONE_32};
    widen(sizes, extra);
    return new Entry(new String(name, StandardCharsets.UTF_8), name, head.getShort(8), head.getShort(10), head.getInt(16) & NONE_32, sizes[2],
        sizes[1], sizes[0]);
  }

  /** Compares an entry with its own header, behind which its bytes begin. */
  private Part bytes(Entry entry) throws IOException {
    ByteBuffer head = at(entry.at, LOCAL_SIZE);
    int length = head.getShort(26) & 0xffff;
    int more = head.getShort(28) & 0xffff;
    require(head.getInt(0) == LOCAL && length == entry.named.length, "its header is damaged");
    byte[] name = at(entry.at + LOCAL_SIZE, length).array();
    long[] sizes = {head.getInt(22) & NONE_32, head.getInt(18) & NONE_32};
    widen(sizes, at(entry.at + LOCAL_SIZE + length, more).array());
    boolean known = (entry.flags & SIZES_FOLLOW) == 0;
    require(Arrays.equals(name, entry.named) && head.getShort(6) == entry.flags && head.getShort(8) == entry.method
        && (!known || (head.getInt(14) & NONE_32) == entry.crc && sizes[0] == entry.size && sizes[1] == entry.compressed),
        "its header is not what the directory says");
    require((entry.flags & ENCRYPTED) == 0, "it is encrypted");
    require(entry.method == STORED || entry.method == DEFLATED, "it is compressed in a way that is not known");
    long from = entry.at + LOCAL_SIZE + length + more;
    require(entry.compressed <= end - from, "it is longer than the file");
    require(entry.size >= 0 && (entry.method == STORED ? entry.size == entry.compressed : entry.size / LARGEST_RATIO <= entry.compressed),
        "it cannot have " + entry.size + " bytes");
    return new Part(from, entry.compressed);
  }

  /** Puts the sizes of 64 bits in the place of those that say that there are some. */
  private static void widen(long[] sizes, byte[] extra) throws IOException {
    ByteBuffer fields = little(extra);
    while (fields.remaining() >= 4) {
      int id = fields.getShort();
      int length = fields.getShort() & 0xffff;
      require(length <= fields.remaining(), "an extra field is damaged");
      int end = fields.position() + length;
      for (int i = 0; id == 1 && i < sizes.length; i++) {
        if (sizes[i] == NONE_32) {
          require(end - fields.position() >= 8, "a size is missing");
          sizes[i] = fields.getLong();
        }
      }
      fields.position(end);
    }
  }

  private static void require(boolean condition, String what) throws ZipException {
    if (!condition) {
      throw new ZipException(what);
    }
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer at(long place, int count) throws IOException {
    require(place >= 0 && place <= size - count, "it ends too early");
    if (place >= tailAt && place - tailAt <= tail.length - count) {
      return little(Arrays.copyOfRange(tail, (int) (place - tailAt), (int) (place - tailAt) + count));
    }
    byte[] read = new byte[count];
    int got = new Part(place, count).readNBytes(read, 0, count);
    require(got == count, "it ends too early");
    return little(read);
  }

  // ---- entries

  /**
   * Compares an entry that is not read with its own header.
   *
   * @param label names file and entry in messages
   * @throws Fault if that says something else than the directory
   */
  void compare(Entry entry, String label) throws IOException {
    try {
      bytes(entry);
    } catch (ZipException | EOFException e) {
      throw damaged(label, e);
    }
  }

  private static Fault damaged(String label, IOException e) {
    return new Fault(label + ": damaged (" + e.getMessage() + ")", "", e);
  }

  /** What reads an entry's bytes. */
  interface Reader<T> {
    T read(InputStream in, Entry entry, String label) throws IOException;
  }

  /**
   * What a reader makes of an entry.
   *
   * @param label names file and entry in messages
   * @throws Fault if the entry's bytes are not those that were written, whatever the reader says of them, or the reader left some
   */
  <T> T read(Entry entry, String label, Reader<T> reader) throws IOException {
    Inflater inflater = entry.method == STORED ? null : new Inflater(true);
    try {
      Part raw = bytes(entry);
      var in = new CheckedInputStream(inflater == null ? raw : new InflaterInputStream(raw, inflater, BUFFER), new CRC32());
      T result = null;
      Fault fault = null;
      try {
        result = reader.read(in, entry, label);
      } catch (Fault e) {
        fault = e;
      }
      long left = in.skip(Long.MAX_VALUE);
      if (raw.left > 0 || in.getChecksum().getValue() != entry.crc || inflater != null && inflater.getBytesWritten() != entry.size) {
        throw new Fault(label + ": damaged (its check sum is wrong)");
      } else if (fault != null) {
        throw fault;
      } else if (left > 0) {
        throw new Fault(label + ": " + left + " bytes too many");
      }
      return result;
    } catch (ZipException | EOFException e) {
      throw damaged(label, e);
    } catch (OutOfMemoryError e) {
      throw Fault.memory(label, (double) entry.size, e);
    } finally {
      if (inflater != null) {
        inflater.end();
      }
    }
  }

  /** Some bytes of the archive. */
  private final class Part extends InputStream {
    private long place;
    private long left;

    Part(long place, long count) {
      this.place = place;
      left = count;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int count) throws IOException {
      int now = (int) Math.min(count, Math.min(left, size - place));
      if (now <= 0) {
        return count == 0 ? 0 : -1;
      }
      int got = bytes.read(place, to, from, now);
      if (got > 0) {
        place += got;
        left -= got;
      }
      return got;
    }
  }
}
