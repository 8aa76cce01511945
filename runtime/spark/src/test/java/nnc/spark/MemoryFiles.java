package nnc.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PositionedReadable;
import org.apache.hadoop.fs.Seekable;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** Files {@code mem:} in memory, as a file system of Hadoop's: who writes by another API than its own finds nothing. A file that is being written is there with what it has so far. */
public final class MemoryFiles extends FileSystem {
  static final Map<String, byte[]> FILES = new TreeMap<>();
  /** Paths that were made by {@code create}. */
  static final List<String> CREATED = new ArrayList<>();
  /** How many bytes a file may have. */
  static int room = Integer.MAX_VALUE;
  static boolean renames = true;

  private Path working = new Path("mem:/");

  @Override
  public String getScheme() {
    return "mem";
  }

  @Override
  public URI getUri() {
    return URI.create("mem:/");
  }

  private String key(Path path) {
    return makeQualified(path).toUri().getPath();
  }

  /** What is read from an array. */
  private static final class Reading extends ByteArrayInputStream implements Seekable, PositionedReadable {
    Reading(byte[] bytes) {
      super(bytes);
    }

    @Override
    public void seek(long place) {
      pos = (int) place;
    }

    @Override
    public long getPos() {
      return pos;
    }

    @Override
    public boolean seekToNewSource(long place) {
      return false;
    }

    @Override
    public int read(long place, byte[] into, int from, int length) {
      int count = (int) Math.min(length, this.count - place);
      if (count <= 0) {
        return -1;
      }
      System.arraycopy(buf, (int) place, into, from, count);
      return count;
    }

    @Override
    public void readFully(long place, byte[] into, int from, int length) throws IOException {
      if (read(place, into, from, length) < length) {
        throw new EOFException();
      }
    }

    @Override
    public void readFully(long place, byte[] into) throws IOException {
      readFully(place, into, 0, into.length);
    }
  }

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    return new FSDataInputStream(new Reading(bytes(path)));
  }

  private byte[] bytes(Path path) throws FileNotFoundException {
    byte[] bytes = FILES.get(key(path));
    if (bytes == null) {
      throw new FileNotFoundException(path.toString());
    }
    return bytes;
  }

  @Override
  public FSDataOutputStream create(Path path, FsPermission permission, boolean overwrite, int buffer, short copies, long block, Progressable progress) throws IOException {
    String key = key(path);
    CREATED.add(key);
    FILES.put(key, new byte[0]);
    var all = new ByteArrayOutputStream();
    return new FSDataOutputStream(new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        if (all.size() == room) {
          throw new IOException("no room");
        }
        all.write(one);
        if (all.size() % 1000 == 0) {
          FILES.put(key, all.toByteArray());
        }
      }

      @Override
      public void close() {
        FILES.put(key, all.toByteArray());
      }
    }, null);
  }

  @Override
  public FSDataOutputStream append(Path path, int buffer, Progressable progress) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    if (!renames || FILES.containsKey(key(to))) {
      return false;
    }
    byte[] bytes = bytes(from);
    FILES.put(key(to), bytes);
    FILES.remove(key(from));
    return true;
  }

  @Override
  public boolean delete(Path path, boolean all) {
    return FILES.remove(key(path)) != null;
  }

  @Override
  public FileStatus[] listStatus(Path folder) {
    return FILES.keySet().stream().map(Path::new).filter(path -> path.getParent().equals(new Path(key(folder)))).map(this::status).toArray(FileStatus[]::new);
  }

  private FileStatus status(Path path) {
    return new FileStatus(FILES.get(key(path)).length, false, 1, 1, 0, makeQualified(path));
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return bytes(path) == null ? null : status(path);
  }

  @Override
  public void setWorkingDirectory(Path folder) {
    working = folder;
  }

  @Override
  public Path getWorkingDirectory() {
    return working;
  }

  @Override
  public boolean mkdirs(Path folder, FsPermission permission) {
    return true;
  }
}
