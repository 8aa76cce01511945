package nnc.runtime.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import nnc.runtime.base.Fault;
import nnc.runtime.files.AtomicFile;

/**
 * A file of lines, each of which says of which step it is: CSV if its name ends in {@code .csv}, else JSON. Every line is handed to the system as
 * soon as it is made, so that a process that is killed loses none.
 */
final class LogFile {
  private static final String STEP = "step";
  private static final int NONE = -1;

  private final Path file;
  private final boolean csv;
  private boolean checked;
  private boolean broken;

  /**
   * An empty one.
   *
   * @throws Fault if the file cannot be written
   */
  static LogFile begin(Path file) {
    AtomicFile.keepOthers(file, "a log of a training", "epoch,step,", "step,epoch,", "{");
    return new LogFile(file, NONE);
  }

  /**
   * One that is added to. Lines of later steps, which a training that was broken off has written before it was taken up again at {@code step}, are
   * left out: they will be written once more. So is a last line that was not written to its end.
   *
   * @throws Fault if the file cannot be read or written
   */
  static LogFile resume(Path file, int step) {
    return new LogFile(file, step);
  }

  private LogFile(Path file, int step) {
    this.file = file;
    csv = file.toString().endsWith(".csv");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      String present = step == NONE || !Files.isRegularFile(file) ? "" : Files.readString(file);
      String kept = upTo(step, present);
      if (kept.isEmpty()) {
        Files.write(file, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
      } else if (!kept.equals(present)) {
        AtomicFile.write(file, out -> out.write(kept.getBytes(StandardCharsets.UTF_8)));
      }
    } catch (IOException e) {
      throw AtomicFile.fault(file, e);
    }
  }

  boolean csv() {
    return csv;
  }

  private String upTo(int step, String text) {
    var kept = new StringBuilder();
    int column = csv ? List.of(text.lines().findFirst().orElse("").split(",")).indexOf(STEP) : -1;
    for (int from = 0, end = text.indexOf('\n'); end >= 0; from = end + 1, end = text.indexOf('\n', from)) {
      if (step(text.substring(from, end), column) <= step) {
        kept.append(text, from, end + 1);
      }
    }
    return kept.toString();
  }

  /** Which step a line is of; 0 of one that says none, such as a head. */
  private int step(String line, int column) {
    String[] fields = csv ? line.split(",", -1) : line.split("\"" + STEP + "\":", 2);
    int place = csv ? column : 1;
    String number = place < 0 || place >= fields.length ? "" : fields[place].split("[,}]", 2)[0];
    try {
      return Integer.parseInt(number);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Adds a line; training goes on without a log that cannot be written any more, and {@code progress} is told so. */
  void add(String header, String line, Progress progress) {
    if (broken) {
      return;
    }
    try {
      boolean empty = !Files.isRegularFile(file) || Files.size(file) == 0;
      if (csv && !empty && !checked && !header.equals(firstLine())) {
        stop(file + ": it has other columns than " + header, progress);
        return;
      }
      checked = true;
      Files.writeString(file, (csv && empty ? header + "\n" : "") + line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      stop(AtomicFile.fault(file, e).getMessage(), progress);
    }
  }

  private String firstLine() throws IOException {
    try (var lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return lines.readLine();
    }
  }

  private void stop(String why, Progress progress) {
    broken = true;
    progress.note("log", why + "; training goes on without the log");
  }
}
