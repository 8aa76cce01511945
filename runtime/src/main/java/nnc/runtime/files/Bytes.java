package nnc.runtime.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Bytes that can be read from any place on: those of a file, of an array, or of an archive's entry. The latter are read where they are and
 * not held in memory: at once where they are stored; where they are compressed, to go on is to decompress what lies between, and to go back
 * is to begin anew.
 */
final class Bytes implements Closeable {
  private final FileChannel channel;
  private final byte[] memory;
  private final ZipFile zip;
  private final ZipEntry entry;
  private InputStream in;
  private long at;

  private Bytes(FileChannel channel, byte[] memory, ZipFile zip, ZipEntry entry) {
    this.channel = channel;
    this.memory = memory;
    this.zip = zip;
    this.entry = entry;
  }

  static Bytes of(Path file) throws IOException {
    return new Bytes(FileChannel.open(file), null, null, null);
  }

  static Bytes of(byte[] memory) {
    return new Bytes(null, memory, null, null);
  }

  static Bytes of(ZipFile zip, ZipEntry entry) {
    return new Bytes(null, null, zip, entry);
  }

  long size() throws IOException {
    return channel != null ? channel.size() : memory != null ? memory.length : entry.getSize();
  }

  /** Reads some bytes, {@code count} at most, from {@code place} on, which lies before the end. */
  int read(long place, byte[] to, int from, int count) throws IOException {
    if (channel != null) {
      return channel.read(ByteBuffer.wrap(to, from, count), place);
    } else if (memory != null) {
      System.arraycopy(memory, (int) place, to, from, count);
      return count;
    }
    if (in == null || place < at) {
      close();
      in = zip.getInputStream(entry);
      at = 0;
    }
    in.skipNBytes(place - at);
    int got = in.read(to, from, count);
    at = place + Math.max(0, got);
    return got;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    } else if (in != null) {
      in.close();
    }
  }
}
