package nnc.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The ratios that nnc must not fall below; {@code floors.txt} has them. */
final class Floors {
  private Floors() {}

  private record Floor(String workload, int threads, String peer, double ratio) {}

  private static List<Floor> read() {
    try (var in = Floors.class.getResourceAsStream("floors.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.trim().split("\\s+"))
          .map(words -> new Floor(words[0], Integer.parseInt(words[1]), words[2], Double.parseDouble(words[3]))).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The engines that there are floors for. */
  static Set<String> peers() {
    return read().stream().map(Floor::peer).collect(Collectors.toUnmodifiableSet());
  }

  /** What is too slow, a sentence each; a result of which less than half of the rounds were quiet says nothing. */
  static List<String> broken(List<Result> results) {
    var broken = new ArrayList<String>();
    for (var floor : read()) {
      for (var result : results) {
        var ratio = result.ratios().get(floor.peer);
        if (result.workload().name().equals(floor.workload) && result.threads() == floor.threads && ratio != null
            && ratio < floor.ratio && 2 * result.quiet() >= result.rounds()) {
          broken.add(String.format(Locale.ROOT, "%s on %d threads: %.2f times as fast as %s, the floor is %.2f", floor.workload,
              floor.threads, ratio, floor.peer, floor.ratio));
        }
      }
    }
    return broken;
  }
}
