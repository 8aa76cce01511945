package nnc.search;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import nnc.runtime.base.Fault;
import nnc.runtime.files.AtomicFile;
import nnc.source.JsonText;

/**
 * A file with a line a run: a search that was broken off finds there what it need not run again. A line is on the disk before the next is begun,
 * with a check sum at its end; what a crash has left of a last line is cut off.
 */
final class Journal implements AutoCloseable {
  private static final String COLUMNS = "point\tseed\tepochs\tseconds\tfigures\tfailure\tchecksum";

  /** What tells runs apart. A trial's number does not: another search may try the point at another time. */
  private record Key(String point, long seed, int epochs) {}

  private final FileChannel channel;
  private final Path file;
  private final Map<Key, TrialRun> known = new LinkedHashMap<>();

  /**
   * Opens a journal, or begins one.
   *
   * @param subject what is the same for all runs of it: program, data, settings; a word
   * @throws Fault if it is of another subject, or cannot be read and written
   */
  Journal(Path file, String subject) {
    this.file = file;
    var head = "# " + subject + "\n" + COLUMNS + "\n";
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      var bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      requireAlone();
      int end = read(bytes, head);
      channel.truncate(end);
      channel.position(end);
      if (end == 0) {
        append(head);
      }
    } catch (IOException e) {
      throw AtomicFile.fault(file, e);
    }
  }

  private void requireAlone() throws IOException {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // this process has it
    }
    channel.close();
    throw new Fault(file + ": another search is writing to it", "wait for its end, or choose another folder with --out");
  }

  /** Takes over the lines that are whole; gives where they end. */
  private int read(byte[] bytes, String head) throws IOException {
    int end = 0;
    int number = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '\n') {
        continue;
      }
      var line = new String(bytes, end, i + 1 - end, StandardCharsets.UTF_8);
      if (number < 2 ? !line.equals(head.lines().toList().get(number) + "\n") : !take(line.strip())) {
        return refuse(number);
      }
      number++;
      end = i + 1;
    }
    return number < 2 ? 0 : end;
  }

  private int refuse(int number) throws IOException {
    channel.close();
    throw number < 2 ? new Fault(file + ": is of another program, other data or other settings", "choose another folder with --out, or delete this one")
        : new Fault(file + ":" + (number + 1) + ": this line is damaged", "delete it: what it says is run again");
  }

  private boolean take(String line) {
    var parts = line.split("\t", -1);
    int sum = line.lastIndexOf('\t');
    if (parts.length != COLUMNS.split("\t").length || !parts[parts.length - 1].equals(checksum(line.substring(0, sum)))) {
      return false;
    }
    var figures = new LinkedHashMap<String, Double>();
    for (var figure : parts[4].isEmpty() ? new String[0] : parts[4].split(" ")) {
      int equals = figure.indexOf('=');
      figures.put(figure.substring(0, equals), Double.valueOf(figure.substring(equals + 1)));
    }
    var key = new Key(parts[0], Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
    known.put(key, new TrialRun(new TrialRun.Task(0, new Point(Map.of()), key.seed, key.epochs, 0), figures, parts[5], Double.parseDouble(parts[3])));
    return true;
  }

  private static String checksum(String text) {
    var sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }

  private static String name(Point point) {
    return JsonText.escape(point.toString());
  }

  /** How many runs it has. */
  int size() {
    return known.size();
  }

  /** What is known of a run. */
  synchronized Optional<TrialRun> find(TrialRun.Task task) {
    return Optional.ofNullable(known.get(new Key(name(task.point()), task.seed(), task.epochs())))
        .map(run -> new TrialRun(task, run.figures(), run.failure(), run.seconds()));
  }

  /** Adds a run. */
  synchronized void add(TrialRun run) {
    var task = run.task();
    var figures = run.figures().entrySet().stream().map(one -> one.getKey() + "=" + one.getValue()).collect(Collectors.joining(" "));
    var line = String.join("\t", List.of(name(task.point()), "" + task.seed(), "" + task.epochs(), "" + run.seconds(), figures, JsonText.escape(run.failure())));
    known.put(new Key(name(task.point()), task.seed(), task.epochs()), run);
    try {
      append(line + "\t" + checksum(line) + "\n");
    } catch (IOException e) {
      throw AtomicFile.fault(file, e);
    }
  }

  private void append(String text) throws IOException {
    var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(false);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw AtomicFile.fault(file, e);
    }
  }
}
