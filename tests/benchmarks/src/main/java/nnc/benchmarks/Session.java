package nnc.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.lower.Lowering;

/** Measures a workload: all engines in turn, in short rounds, so that what the machine does otherwise hits all of them alike. */
final class Session {
  private static final int PEAK_MILLIS = 10;

  /** The best of so many peaks counts: Linux now and then leaves two new threads on one processor for 10 ms. */
  private static final int PEAKS = 5;

  /** In what part of a round another process may use a processor for the round to count as quiet. */
  private static final double QUIET = 0.15;

  private final Path folder;
  private final double slice;
  private final int rounds;
  private final double warmUp;
  private final boolean cpu;
  private final int busy;
  private final Map<Integer, Double> bandwidths = new LinkedHashMap<>();

  /**
   * @param folder for files of this session
   * @param slice  seconds that an engine runs in a round
   * @param warmUp seconds that it runs before
   * @param cpu    whether figures are by a second of the calling thread on a processor, not of the clock: on one thread that leaves out
   *               what others do meanwhile; on several it says nothing
   * @param busy   threads of another program that run beside once the engines are warm; no round is quiet then
   */
  Session(Path folder, double slice, int rounds, double warmUp, boolean cpu, int busy) {
    this.folder = folder;
    this.slice = slice;
    this.rounds = rounds;
    this.warmUp = warmUp;
    this.cpu = cpu;
    this.busy = busy;
  }

  /** One round: the peak, and what each engine did. */
  private record Round(double peak, List<Engine.Ran> ran, boolean quiet) {}

  Result measure(Workload workload, int threads, List<String> peers) throws IOException {
    var arrays = folder.resolve(workload.name() + ".arrays");
    var needs = prepare(workload, arrays);
    var engines = new ArrayList<Engine>();
    try {
      engines.add(new Engine("nnc", workload, threads, arrays));
      for (var peer : peers) {
        engines.add(new Engine(peer, workload, threads, arrays));
      }
      var differences = compare(workload, engines);
      for (var engine : engines) {
        warm(engine);
      }
      Limits.flops(threads, 40 * PEAK_MILLIS, cpu);
      return result(workload, threads, engines, rounds(engines, threads), needs, differences);
    } finally {
      for (var engine : engines) {
        engine.close();
      }
    }
  }

  private List<Round> rounds(List<Engine> engines, int threads) throws IOException {
    try (var _ = busy > 0 ? Busy.start(busy) : null) {
      if (busy > 0) {
        // what others take an engine has to notice before it can go by it
        for (var engine : engines) {
          engine.run(WARM_SLICE);
        }
      }
      var measured = new ArrayList<Round>();
      for (int i = 0; i < rounds; i++) {
        measured.add(round(engines, threads, i));
      }
      return measured;
    }
  }

  /**
   * What nnc knows beforehand.
   *
   * @param traffic bytes that a run must move at least
   * @param memory  bytes that a run needs beyond the parameters: the arena, in training the optimizer's state
   */
  private record Needs(double traffic, long memory) {}

  /** Writes what all engines start from. */
  private static Needs prepare(Workload workload, Path file) throws IOException {
    if (workload.kind() == Workload.Kind.PRODUCT) {
      var arrays = Products.arrays(workload);
      Array.write(file, arrays);
      long result = (long) workload.sizes()[0] * workload.sizes()[2];
      return new Needs(4.0 * (arrays.values().stream().mapToLong(a -> a.values().length).sum() + result), 4 * result);
    }
    var compiled = Setup.compile(workload.network());
    var model = Setup.model(compiled);
    var arrays = Setup.arrays(model, workload);
    Array.write(file, arrays);
    long fed = arrays.entrySet().stream().filter(array -> !array.getKey().startsWith(Array.WEIGHT) && !array.getKey().startsWith("y")).mapToLong(array -> array.getValue().values().length).sum();
    long held = Array.weights(arrays).values().stream().mapToLong(array -> array.values().length).sum();
    boolean trains = workload.kind() == Workload.Kind.TRAIN;
    var stage = compiled.stages().get(trains ? "train" : "predict");
    long arena = stage.memory().peak(workload::size) + Lowering.besides(stage.lowered().plan(), stage.memory(), workload::size);
    long learned = model.spec().weightCount();
    return trains ? new Needs(4.0 * (fed + 2.0 * learned), 4 * (arena + learned - held)) : new Needs(4.0 * (fed + held), 4 * arena);
  }

  /** The largest difference to each peer, relative to one plus the value; of predictions also to the largest of them, if that is less. */
  private static Map<String, Double> compare(Workload workload, List<Engine> engines) {
    var differences = new LinkedHashMap<String, Double>();
    var ours = engines.getFirst().proof();
    for (var peer : engines.subList(1, engines.size())) {
      var theirs = peer.proof();
      if (ours.length != theirs.length) {
        throw new IllegalStateException(workload.name() + ": nnc computes " + ours.length + " values, " + peer.name() + " " + theirs.length);
      }
      double worst = 0;
      double largest = workload.kind() == Workload.Kind.TRAIN ? Double.MAX_VALUE : Arrays.stream(theirs).map(Math::abs).max().orElse(0);
      for (int i = 0; i < ours.length; i++) {
        double difference = Math.abs(ours[i] - theirs[i]) / Math.min(largest, 1 + Math.abs(theirs[i]));
        difference = workload.kind() == Workload.Kind.TRAIN ? difference * TOLERANCE / STEPS[i] : difference;
        worst = difference > worst || Double.isNaN(difference) ? difference : worst;
      }
      differences.put(peer.name(), worst);
      if (!(worst <= TOLERANCE)) {
        throw new IllegalStateException(workload.name() + ": nnc and " + peer.name() + " do not compute the same: "
            + text(ours) + " and " + text(theirs));
      }
    }
    return differences;
  }

  private static final double TOLERANCE = 1e-4;

  /** Of the losses of training steps: the roundings of each engine are the input of its next step, and those of batch norm's means grow. */
  private static final double[] STEPS = {TOLERANCE, 2e-4, 5e-3, 5e-3};

  private static String text(double[] values) {
    return Arrays.toString(Arrays.copyOf(values, Math.min(values.length, 8)));
  }

  /** Runs an engine until it has had its time on a processor and gets no faster: on a busy machine the compiler takes its while. */
  private void warm(Engine engine) throws IOException {
    double best = 0;
    double spent = 0;
    double garbage = 0;
    long start = System.nanoTime();
    // interpreted vectors leave garbage; code that is compiled does not
    double least = LARGE.contains(engine.name()) ? LONGER * warmUp : warmUp;
    for (int since = 0; (since < SETTLED || spent < least || garbage > GARBAGE) && System.nanoTime() - start < PATIENCE_NS; since++) {
      var ran = engine.run(WARM_SLICE);
      double rate = (double) ran.runs() / ran.own();
      spent += ran.own() / 1e9;
      garbage = engine.name().equals("nnc") ? (double) ran.bytes() / ran.runs() : 0;
      since = rate > best * 1.05 ? 0 : since;
      best = Math.max(best, rate);
    }
  }

  /** Engines that do much in Java, which takes longer until it is all compiled. */
  private static final List<String> LARGE = List.of("djl", "dl4j");
  private static final double LONGER = 4;

  private static final double WARM_SLICE = 0.25;
  private static final int SETTLED = 4;
  private static final double GARBAGE = 1000;
  /** A run of seconds is made a few times only in so long, and a network of many kernels is not compiled in less where the machine is busy. */
  private static final long PATIENCE_NS = 60_000_000_000L;

  private Round round(List<Engine> engines, int threads, int number) throws IOException {
    double peak = peak(threads);
    var ran = new ArrayList<>(Collections.<Engine.Ran>nCopies(engines.size(), null));
    double others = 0;
    for (int i = 0; i < engines.size(); i++) {
      int turn = (i + number) % engines.size();
      rest();
      double before = Quiet.busy();
      var what = engines.get(turn).run(slice);
      ran.set(turn, what);
      others = Math.max(others, Quiet.busy() - before - what.cpu());
    }
    return new Round(peak, ran, others < QUIET * slice * 1e9);
  }

  /** Waits until the machine is at rest, where it comes to rest. */
  private void rest() throws IOException {
    if (busy == 0) {
      Quiet.await();
    }
  }

  private double peak(int threads) throws IOException {
    rest();
    double peak = 0;
    for (int i = 0; i < PEAKS; i++) {
      peak = Math.max(peak, Limits.flops(threads, PEAK_MILLIS, cpu));
    }
    return peak;
  }

  private Result result(Workload workload, int threads, List<Engine> engines, List<Round> measured, Needs needs,
      Map<String, Double> differences) throws IOException {
    var quiet = measured.stream().filter(Round::quiet).toList();
    var counted = quiet.size() >= Math.max(3, rounds / 3) ? quiet : measured;
    Map<String, Double> figures = new LinkedHashMap<>();
    Map<String, Double> high = new LinkedHashMap<>();
    Map<String, Double> ratios = new LinkedHashMap<>();
    Map<String, Long> memory = new LinkedHashMap<>();
    for (int i = 0; i < engines.size(); i++) {
      int engine = i;
      var name = engines.get(i).name();
      figures.put(name, median(counted.stream().mapToDouble(r -> figure(workload, r.ran.get(engine))).toArray()));
      memory.put(name, i == 0 ? needs.memory : engines.get(i).growth());
      if (workload.kind() == Workload.Kind.LATENCY) {
        high.put(name, median(counted.stream().mapToDouble(r -> r.ran.get(engine).high() / 1e3).toArray()));
      }
      if (i > 0) {
        ratios.put(name, median(counted.stream().mapToDouble(r -> ratio(workload, r.ran.getFirst(), r.ran.get(engine))).toArray()));
      }
    }
    double runs = median(counted.stream().mapToDouble(r -> rate(r.ran.getFirst())).toArray());
    double peak = median(counted.stream().mapToDouble(Round::peak).toArray());
    double allocated = (double) measured.getLast().ran.getFirst().bytes() / measured.getLast().ran.getFirst().runs();
    return new Result(workload, threads, figures, high, ratios, 2 * workload.macs() * runs, peak, needs.traffic * runs,
        bandwidths.computeIfAbsent(threads, Limits::bandwidth), allocated, memory, differences, quiet.size(), measured.size());
  }

  private double ratio(Workload workload, Engine.Ran ours, Engine.Ran theirs) {
    return workload.lowerIsBetter() ? figure(workload, theirs) / figure(workload, ours) : figure(workload, ours) / figure(workload, theirs);
  }

  private double figure(Workload workload, Engine.Ran ran) {
    return switch (workload.kind()) {
      case TRAIN, PREDICT -> rate(ran) * workload.items();
      case LATENCY, START -> ran.median() / 1e3;
      case PRODUCT -> rate(ran) * 2 * workload.macs() / 1e9;
    };
  }

  /** Runs a second. */
  private double rate(Engine.Ran ran) {
    return ran.runs() * 1e9 / (cpu ? ran.own() : ran.nanos());
  }

  static double median(double[] values) {
    Arrays.sort(values);
    int n = values.length;
    return n == 0 ? Double.NaN : (values[(n - 1) / 2] + values[n / 2]) / 2;
  }
}
