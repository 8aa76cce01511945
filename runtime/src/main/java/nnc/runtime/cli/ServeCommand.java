package nnc.runtime.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Text;
import nnc.runtime.base.Threads;
import nnc.runtime.server.Batching;
import nnc.runtime.server.InferenceServer;
import nnc.runtime.server.Limits;
import nnc.runtime.server.ServedModel;
import nnc.runtime.server.ServerLog;

/** {@code serve}: answers inferences over HTTP until it is told to end. Jars have it that are compiled with {@code --serve}. */
final class ServeCommand implements ModelCommand {
  private static final List<Options.Flag> FLAGS = List.of(
      new Options.Flag("--weights", "WEIGHTS", "what training has saved; not needed if they are bundled"),
      new Options.Flag("--name", "NAME", "what the network is called in addresses (as its program)"),
      new Options.Flag("--model", "NAME=JAR[,WEIGHTS]", "one more network; may be given several times"),
      new Options.Flag("--host", "HOST", "the address to listen at (127.0.0.1; 0.0.0.0 for all of this machine)"),
      new Options.Flag("--port", "N", "the port; 0 takes a free one and tells it (8080)"),
      new Options.Flag("--max-body", "BYTES", "of a request (16777216)"),
      new Options.Flag("--max-rows", "N", "of a request (4096)"),
      new Options.Flag("--max-requests", "N", "inferences under way at once, those that wait counted (256)"),
      new Options.Flag("--timeout", "SECONDS", "how long a request may wait for its turn, and its body take to come (30)"),
      new Options.Flag("--batch", "N", "rows of requests that wait and become one prediction; 1 leaves each by itself (256)"),
      new Options.Flag("--delay", "MILLISECONDS", "how long a request waits for others at most; with 0 only those that wait anyway are joined (0)"),
      new Options.Flag("--parallel", "N", "predictions of a network at once (all processors)"),
      new Options.Flag("--threads", "N", "threads that one prediction may have (1)"),
      new Options.Flag("--watch", "SECONDS", "how often to look whether the file of weights has changed; 0 for never (2)"),
      new Options.Flag("--warm-up", "SECONDS", "how long to wait at most for vector code before it is ready (60)"),
      new Options.Flag("--grace", "SECONDS", "how long to answer on, not ready, when told to end (0)"),
      new Options.Flag("--drain", "SECONDS", "how long what is under way may take then (30)"));

  private static final int LARGEST_PORT = 65_535;

  @Override
  public List<Options.Flag> flags() {
    return FLAGS;
  }

  @Override
  public int run(Session session, Options options, String[] arguments) {
    int port = options.count("--port", 8080, 0);
    if (port > LARGEST_PORT) {
      throw new Options.Wrong("--port must be at most " + LARGEST_PORT + ", not " + port);
    }
    Limits standard = Limits.STANDARD;
    int processors = Runtime.getRuntime().availableProcessors();
    var limits = new Limits(options.count("--max-body", (int) standard.body(), 1), options.count("--max-rows", standard.rows(), 1),
        options.count("--max-requests", standard.requests(), 1), seconds(options, "--timeout", standard.seconds(), 0.001));
    var batching = new Batching(options.count("--batch", Batching.standard(processors).rows(), 1), (long) (seconds(options, "--delay", 0, 0) * 1e6),
        options.count("--parallel", processors, 1));
    double watch = seconds(options, "--watch", 2, 0);
    double warmUp = seconds(options, "--warm-up", 60, 0);
    var ending = new Ending(seconds(options, "--grace", 0, 0), seconds(options, "--drain", 30, 0));
    int threads = options.count("--threads", 1, 1);
    List<String> others = others(arguments);
    requireServer();
    if (session.canRelaunch()) {
      return session.again().run(arguments);
    }
    try (var team = new Threads(threads)) {
      List<ServedModel> models = models(session, options, others, team);
      ServerLog log = options.has("--json") ? ServerLog.ofJson(session.out()) : ServerLog.ofText(session.out());
      String host = options.text("--host", "127.0.0.1");
      try (var server = InferenceServer.start(new InetSocketAddress(host, port), models, limits, batching, log)) {
        ending.install(server, log);
        tell(log, models, host, server.port());
        server.warmUp(warmUp);
        if (watch > 0) {
          server.watch(watch);
        }
        log.tell("ready", "ready", new Json());
        ending.await();
      }
    }
    return 0;
  }

  private static double seconds(Options options, String name, double otherwise, double low) {
    double value = options.decimal(name, otherwise, low);
    if (value > 1e6) {
      throw new Options.Wrong(name + " must be at most 1000000, not " + Text.number(value));
    }
    return value;
  }

  private static void requireServer() {
    if (ModuleLayer.boot().findModule("jdk.httpserver").isEmpty()) {
      throw new Fault("this Java has no module jdk.httpserver, which a service is made of", "use a whole Java, or link one with --add-modules jdk.httpserver");
    }
  }

  // ---- models

  /** What is given as {@code --model}, each time. */
  private static List<String> others(String[] arguments) {
    List<String> others = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      if (arguments[i].startsWith("--model=")) {
        others.add(arguments[i].substring("--model=".length()));
      } else if (arguments[i].equals("--model") && i + 1 < arguments.length) {
        others.add(arguments[++i]);
      }
    }
    return others;
  }

  private static List<ServedModel> models(Session session, Options options, List<String> others, Threads team) {
    List<ServedModel> models = new ArrayList<>();
    models.add(ServedModel.of(named(options.text("--name", session.model().spec().name())), session.model(), options.path("--weights", null), team));
    for (String other : others) {
      int equals = other.indexOf('=');
      String files = other.substring(equals + 1);
      int comma = files.indexOf(',');
      Path jar = path(comma < 0 ? files : files.substring(0, comma));
      Path weights = comma < 0 ? null : path(files.substring(comma + 1));
      Model model = Model.load(jar);
      models.add(ServedModel.of(named(equals < 0 ? model.spec().name() : other.substring(0, equals)), model, weights, team));
    }
    return models;
  }

  private static Path path(String text) {
    if (text.isEmpty()) {
      throw new Options.Wrong("--model is NAME=FILE.jar, or NAME=FILE.jar,WEIGHTS.npz");
    }
    return Path.of(text);
  }

  /** A name that stands in an address. */
  private static String named(String name) {
    if (name.isEmpty() || name.indexOf('/') >= 0) {
      throw new Options.Wrong("'" + name + "' is no name of a model: it stands in addresses, /v2/models/NAME");
    }
    return name;
  }

  private static void tell(ServerLog log, List<ServedModel> models, String host, int port) {
    String address = "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    var text = new StringBuilder("serving at " + address + ", its page there, inferences at");
    List<String> names = new ArrayList<>();
    for (ServedModel model : models) {
      names.add(model.name());
      text.append("\n  ").append(address).append("/v2/models/").append(model.name()).append("/infer");
      if (!model.alone().isEmpty()) {
        text.append("  (each request by itself: ").append(model.alone()).append(')');
      }
    }
    log.tell("serving", text.toString(), new Json().put("address", address).put("port", port).put("models", names));
  }

  /** What happens when the process is told to end: Java waits for it. */
  private static final class Ending {
    private final double grace;
    private final double drain;
    private final CountDownLatch ended = new CountDownLatch(1);

    Ending(double grace, double drain) {
      this.grace = grace;
      this.drain = drain;
    }

    void install(InferenceServer server, ServerLog log) {
      Runtime.getRuntime().addShutdownHook(new Thread("nnc-drain") {
        @Override
        public void run() {
          log.tell("ending", "ending: not ready, answering what is under way", new Json());
          int left = server.drain(grace, drain);
          log.tell("ended", left == 0 ? "ended, all answered" : "ended, " + left + " cut off", new Json().put("cut_off", left));
          ended.countDown();
        }
      });
    }

    void await() {
      try {
        ended.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
