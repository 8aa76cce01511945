package nnc.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Measures nnc beside other engines: {@code [--quick] [--warm] [--epochs] [--peers onnx,mkl] [--alone] [--threads 1,2] [--rounds N] [--slice SECONDS]
 * [--warm-up SECONDS] [--cpu] [--scaling] [--busy N] [--out FOLDER] [WORKLOAD...]}; with {@code --scaling} also how much faster several threads are
 * than one, with {@code --busy N} the same beside another program that keeps N threads busy; with {@code --warm} how programs come to their speed instead, with
 * {@code --epochs} what reading files costs a training, with {@code --load} how many requests a second services of A and C answer, and with {@code --jmh} before
 * JMH's own arguments, its benchmarks instead.
 */
public final class Main {
  private Main() {}

  private static final List<String> QUICK = List.of("A64", "B", "C", "E", "H", "P1-A", "J-256");

  public static void main(String[] arguments) throws IOException {
    var names = new ArrayList<String>();
    var threads = List.of(1, 2);
    int rounds = 7;
    double slice = 0.3;
    double warmUp = 2;
    Predicate<String> compared = _ -> true;
    boolean cpu = false;
    boolean scaling = false;
    int busy = 0;
    boolean warm = false;
    boolean epochs = false;
    boolean load = false;
    var out = Files.createTempDirectory("nnc-benchmarks");
    int jmh = List.of(arguments).indexOf("--jmh");
    if (jmh >= 0) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(arguments, jmh + 1, arguments.length));
      return;
    }
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--threads" -> threads = List.of(arguments[++i].split(",")).stream().map(Integer::valueOf).toList();
        case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
        case "--slice" -> slice = Double.parseDouble(arguments[++i]);
        case "--warm-up" -> warmUp = Double.parseDouble(arguments[++i]);
        case "--cpu" -> cpu = true;
        case "--scaling" -> scaling = true;
        case "--busy" -> {
          busy = Integer.parseInt(arguments[++i]);
          scaling = true;
          if (busy < 1) {
            throw new IllegalArgumentException("--busy " + busy + ": at least one thread is busy");
          }
        }
        case "--out" -> out = Path.of(arguments[++i]);
        case "--quick" -> {
          names.addAll(QUICK);
          threads = List.of(2);
          rounds = 5;
          slice = 0.15;
          warmUp = 1;
          compared = Floors.peers()::contains;
        }
        case "--peers" -> compared = Set.of(arguments[++i].split(","))::contains;
        case "--alone" -> compared = _ -> false;
        case "--warm" -> warm = true;
        case "--epochs" -> epochs = true;
        case "--load" -> load = true;
        default -> names.add(arguments[i]);
      }
    }
    var folder = Files.createDirectories(out).toAbsolutePath();
    if (warm) {
      Warm.all(names, folder, List.of("onnx", "libtorch").stream().filter(compared).toList());
      return;
    }
    if (load) {
      ServiceLoad.all(folder, slice * rounds);
      return;
    }
    if (epochs) {
      Epochs.all(names, folder, rounds);
      return;
    }
    var session = new Session(folder, slice, rounds, warmUp, cpu, busy);
    boolean failures = false;
    var results = new ArrayList<Result>();
    System.out.println(Table.heading());
    for (var workload : Workload.chosen(names)) {
      if (workload.network().equals(SentenceEncoder.NETWORK) && !SentenceEncoder.isThere()) {
        System.out.println(workload.name() + ": skipped, as the model is not on this machine: " + SentenceEncoder.FETCHED);
        continue;
      }
      for (int count : workload.kind() == Workload.Kind.START ? threads.subList(0, 1) : threads) {
        try {
          var peers = workload.peers().stream().filter(compared).toList();
          results.add(workload.kind() == Workload.Kind.START ? Starts.measure(workload, folder, peers, rounds)
              : session.measure(workload, count, peers));
          System.out.println(Table.line(results.getLast()));
        } catch (IOException | IllegalStateException e) {
          failures = true;
          System.out.println(workload.name() + ": " + e.getMessage() + " (logs in " + folder + ")");
        }
      }
    }
    Files.writeString(folder.resolve("results.txt"), Table.all(results));
    Files.writeString(folder.resolve("results.json"), Report.json(results, busy));
    Chart.write(results, folder.resolve("results.svg"));
    if (scaling) {
      var table = Scaling.table(results, busy);
      Files.writeString(folder.resolve("scaling.txt"), table);
      System.out.print(table);
    }
    System.out.println("table, JSON and chart are in " + folder);
    var broken = Floors.broken(results);
    broken.forEach(System.out::println);
    if (failures || !broken.isEmpty()) {
      System.exit(1);
    }
  }
}
