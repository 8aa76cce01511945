package nnc.runtime.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Json;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.NetworkJar;

/**
 * Answers inferences by the Open Inference Protocol, version 2, over HTTP. It is live as soon as it listens, and ready when vector code serves; what is wrong with a
 * request is told by its status and a sentence, and does nothing to others.
 */
public final class InferenceServer implements AutoCloseable {
  private static final String GET = "GET", HEAD = "HEAD", POST = "POST";
  private static final int BACKLOG = 1024;
  /** Threads besides those that inferences under way may take, for all else, where threads are no virtual ones. */
  private static final int SPARE_THREADS = 16;

  private static final String VERSION = version();

  private final HttpServer http;
  private final ExecutorService threads;
  private final Limits limits;
  private final ServerLog log;
  private final ServerMetrics metrics = new ServerMetrics();
  private final Map<String, Route> routes = new LinkedHashMap<>();
  private WeightWatcher watcher;
  private volatile boolean draining;
  private volatile boolean refusing;

  /** A model with its line and its figures. */
  private record Route(ServedModel model, Batcher batcher, ServerMetrics.OfModel metrics) {}

  private InferenceServer(HttpServer http, List<ServedModel> models, Limits limits, Batching batching, ServerLog log) {
    this.http = http;
    this.limits = limits;
    this.log = log;
    for (ServedModel model : models) {
      ServerMetrics.OfModel figures = metrics.of(model.name());
      routes.put(model.name(), new Route(model, new Batcher(model.signature(), batching, (long) (limits.seconds() * 1e9), figures), figures));
    }
    threads = threads(limits.requests() + SPARE_THREADS);
  }

  /**
   * Listens. It answers at once, and says that it is ready after {@link #warmUp}.
   *
   * @param address where; port 0 takes a free one
   * @throws Fault if two models have one name, or it cannot listen there
   */
  public static InferenceServer start(InetSocketAddress address, List<ServedModel> models, Limits limits, Batching batching, ServerLog log) {
    for (int i = 0; i < models.size(); i++) {
      for (int k = 0; k < i; k++) {
        if (models.get(i).name().equals(models.get(k).name())) {
          throw new Fault("two models are called " + models.get(i).name(), "give one another name: --model NAME=FILE.jar, or --name NAME for the jar's own");
        }
      }
    }
    prepare(limits);
    try {
      var server = new InferenceServer(HttpServer.create(address, BACKLOG), models, limits, batching, log);
      server.http.setExecutor(server.threads);
      server.http.createContext("/", server::serve);
      server.http.start();
      return server;
    } catch (BindException e) {
      throw new Fault("cannot listen at port " + address.getPort() + " of " + address.getHostString() + ": " + e.getMessage(), "choose another with --port, or --host", e);
    } catch (IOException | UnresolvedAddressException e) {
      throw new Fault("cannot listen at " + address.getHostString() + ": " + e.getMessage(), "--host is an address of this machine: 127.0.0.1, or 0.0.0.0 for all", e);
    }
  }

  /** What the JDK's server takes from properties alone; a user's own stay. Without the first an answer may wait for the acknowledgement of its head. */
  private static void prepare(Limits limits) {
    property("sun.net.httpserver.nodelay", "true");
    property("sun.net.httpserver.maxReqTime", Long.toString((long) Math.ceil(limits.seconds())));
    property("sun.net.httpserver.maxIdleConnections", Integer.toString(Math.max(200, 4 * limits.requests())));
  }

  private static void property(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  /** Virtual threads where Java has them, else a bounded pool. */
  private static ExecutorService threads(int most) {
    try {
      return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException | RuntimeException e) {
      var pool = new ThreadPoolExecutor(most, most, 60, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
      pool.allowCoreThreadTimeOut(true);
      return pool;
    }
  }

  /** Waits until vector code serves for all models, for so many seconds at most, and is ready then. */
  public void warmUp(double seconds) {
    for (Route route : routes.values()) {
      route.model.warmUp(seconds);
    }
  }

  /** Looks every so many seconds whether files of weights have changed, and takes those that have. */
  public void watch(double seconds) {
    List<ServedModel> models = new ArrayList<>();
    for (Route route : routes.values()) {
      models.add(route.model);
    }
    watcher = new WeightWatcher(models, seconds, model -> {
      try {
        reload(routes.get(model.name()));
      } catch (Fault fault) {
        // told, and the earlier weights go on
      }
    });
  }

  public int port() {
    return http.getAddress().getPort();
  }

  /** Whether it takes inferences: vector code serves, and it is not about to end. */
  public boolean isReady() {
    boolean ready = !draining;
    for (Route route : routes.values()) {
      ready &= route.model.isWarm();
    }
    return ready;
  }

  // ---- requests

  private void serve(HttpExchange http) {
    var exchange = new Exchange(http);
    // closed at the end alone: what went wrong can only be told before
    try (http) {
      try {
        answer(exchange);
      } catch (Refusal e) {
        exchange.refuse(e);
      } catch (Fault e) {
        exchange.refuse(Refusal.of(e));
      } catch (IOException e) {
        exchange.refuse(Refusal.bad("the request cannot be read"));
      } catch (OutOfMemoryError e) {
        exchange.refuse(new Refusal(Refusal.TOO_LARGE, "not enough memory for a request of this size"));
      } catch (RuntimeException | Error e) {
        log.tell("fault", "internal error: " + e + " at " + (e.getStackTrace().length == 0 ? "an unknown place" : e.getStackTrace()[0].toString()), new Json());
        exchange.refuse(new Refusal(Refusal.INTERNAL, "internal error; the service's log has more"));
      }
    }
  }

  private void answer(Exchange exchange) throws IOException {
    List<String> path = exchange.path();
    switch (path.get(0)) {
      case "v2" -> {
        if (path.size() == 1 || path.size() == 2 && path.get(1).isEmpty()) {
          exchange.allow(GET, HEAD);
          exchange.json(200, serverMetadata());
        } else {
          protocol(exchange, path.subList(1, path.size()));
        }
      }
      case "metrics" -> {
        requireEnd(path, 1);
        exchange.allow(GET, HEAD);
        exchange.send(200, ServerMetrics.TYPE, metrics.text(isReady()).getBytes(StandardCharsets.UTF_8));
      }
      default -> {
        ServerPage page = path.size() == 1 ? ServerPage.of(path.get(0)) : null;
        if (page == null) {
          throw notFound();
        }
        exchange.allow(GET, HEAD);
        page.send(exchange);
      }
    }
  }

  private static Refusal notFound() {
    return new Refusal(Refusal.NOT_FOUND, "there is nothing at this address; /v2 and /v2/models/NAME tell what there is");
  }

  private static void requireEnd(List<String> path, int at) {
    if (path.size() > at + 1 || path.size() == at + 1 && !path.get(at).isEmpty()) {
      throw notFound();
    }
  }

  private static String serverMetadata() {
    return new Json().put("name", NetworkJar.COMPILER).put("version", VERSION).put("extensions", List.of("binary_tensor_data", "model_repository")).toString();
  }

  /** That of the compiler that wrote the jar which this runs from; empty where it runs from none. */
  private static String version() {
    try {
      Path place = Path.of(InferenceServer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      String compiler = Files.isRegularFile(place) ? NetworkJar.compiler(place) : "";
      return compiler.substring(compiler.indexOf(' ') + 1);
    } catch (URISyntaxException | RuntimeException e) {
      return "";
    }
  }

  private void protocol(Exchange exchange, List<String> path) throws IOException {
    switch (path.get(0)) {
      case "health" -> health(exchange, path);
      case "models" -> model(exchange, path);
      case "repository" -> repository(exchange, path);
      default -> throw notFound();
    }
  }

  private void health(Exchange exchange, List<String> path) throws IOException {
    String what = path.size() == 2 ? path.get(1) : "";
    boolean fine = switch (what) {
      case "live" -> true;
      case "ready" -> isReady();
      default -> throw notFound();
    };
    exchange.allow(GET, HEAD);
    exchange.json(fine ? 200 : Refusal.UNAVAILABLE, new Json().put(what, fine).toString());
  }

  /** {@code models/NAME[/versions/VERSION][/ready|/infer]}. */
  private void model(Exchange exchange, List<String> path) throws IOException {
    Route route = path.size() < 2 ? null : routes.get(path.get(1));
    if (route == null) {
      throw new Refusal(Refusal.NOT_FOUND, "no model of that name; there is " + String.join(", ", routes.keySet()));
    }
    boolean versioned = path.size() > 3 && path.get(2).equals("versions");
    List<String> rest = path.subList(versioned ? 4 : 2, path.size());
    if (versioned && !path.get(3).equals(Integer.toString(route.model.current().version()))) {
      throw new Refusal(Refusal.NOT_FOUND, "version " + route.model.current().version() + " of " + route.model.name() + " answers; without /versions/... any does");
    }
    if (rest.isEmpty() || rest.equals(List.of(""))) {
      exchange.allow(GET, HEAD);
      exchange.json(200, route.model.metadata());
    } else if (rest.equals(List.of("ready"))) {
      exchange.allow(GET, HEAD);
      boolean ready = route.model.isWarm() && !draining;
      exchange.json(ready ? 200 : Refusal.UNAVAILABLE, new Json().put("name", route.model.name()).put("ready", ready).toString());
    } else if (rest.equals(List.of("infer"))) {
      infer(exchange, route, versioned ? path.get(3) : null);
    } else {
      throw notFound();
    }
  }

  /** {@code repository/index} and {@code repository/models/NAME/load}, as the extension of model repositories has them. */
  private void repository(Exchange exchange, List<String> path) throws IOException {
    if (path.equals(List.of("repository", "index"))) {
      exchange.allow(POST);
      exchange.json(200, index());
    } else if (path.size() == 4 && path.get(1).equals("models") && path.get(3).equals("load") && routes.containsKey(path.get(2))) {
      exchange.allow(POST);
      reload(routes.get(path.get(2)));
      exchange.json(200, "{}");
    } else {
      throw notFound();
    }
  }

  private String index() {
    var all = new StringBuilder("[");
    for (Route route : routes.values()) {
      boolean ready = route.model.isWarm() && !draining;
      all.append(all.length() == 1 ? "" : ",").append(new Json().put("name", route.model.name()).put("version", Integer.toString(route.model.current().version()))
          .put("state", ready ? "READY" : "UNAVAILABLE").put("reason", ready ? "" : draining ? "the service is ending" : "vector code is being compiled"));
    }
    return all.append(']').toString();
  }

  private void reload(Route route) {
    try {
      int version = route.model.reload();
      route.metrics.reloaded(version);
      log.tell("reloaded", route.model.name() + ": weights of " + route.model.weights() + ", version " + version,
          new Json().put("model", route.model.name()).put("version", version));
    } catch (Fault fault) {
      route.metrics.reloadRefused();
      log.tell("refused", route.model.name() + ": its weights stay as they are: " + fault.getMessage(), new Json().put("model", route.model.name()));
      throw fault;
    }
  }

  // ---- inferences

  private void infer(Exchange exchange, Route route, String version) throws IOException {
    exchange.allow(POST);
    long start = System.nanoTime();
    int before = metrics.underWay.getAndIncrement();
    try {
      if (refusing) {
        exchange.set("Connection", "close");
        throw new Refusal(Refusal.UNAVAILABLE, "the service is ending");
      } else if (before >= limits.requests()) {
        throw new Refusal(Refusal.TOO_MANY, limits.requests() + " inferences are under way, which is the limit of this service");
      }
      byte[] body = exchange.body(limits.body());
      exchange.send(predicted(route, body, exchange.json(body), version));
    } catch (Refusal e) {
      exchange.refuse(e);
    } catch (Fault e) {
      exchange.refuse(Refusal.of(e));
    } finally {
      metrics.underWay.decrementAndGet();
      route.metrics.answered(exchange.status() == 0 ? Refusal.INTERNAL : exchange.status(), (System.nanoTime() - start) / 1e9);
    }
  }

  private InferenceResponse predicted(Route route, byte[] body, int json, String version) {
    ServedModel.Generation now = route.model.current();
    if (version != null && !version.equals(Integer.toString(now.version()))) {
      throw new Refusal(Refusal.NOT_FOUND, "version " + now.version() + " of " + route.model.name() + " answers by now");
    }
    Signature signature = route.model.signature();
    var request = InferenceRequest.read(body, json, signature, now.model().vocabulary());
    int rows = signature.rows(signature.sizes(request.arrays()));
    if (rows > limits.rows()) {
      throw new Refusal(Refusal.TOO_LARGE, rows + " rows, and the limit of this service is " + limits.rows());
    }
    Map<String, Tensor> predicted = route.batcher.predict(now.predictor(), request.arrays());
    return InferenceResponse.of(route.model.name(), Integer.toString(now.version()), request, predicted);
  }

  // ---- the end

  /**
   * Ends as an operator wants it: says at once that it is not ready, answers on for {@code grace} seconds, refuses what begins then, waits until what is under way has
   * been answered, for {@code seconds} at most, and closes.
   *
   * @return how many inferences were cut off
   */
  public int drain(double grace, double seconds) {
    draining = true;
    int left = 0;
    try {
      Thread.sleep((long) (grace * 1000));
      refusing = true;
      long end = System.nanoTime() + (long) (seconds * 1e9);
      while (metrics.underWay.get() > 0 && System.nanoTime() < end) {
        Thread.sleep(2);
      }
      left = metrics.underWay.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
    return left;
  }

  /** Ends at once. */
  @Override
  public void close() {
    draining = true;
    refusing = true;
    if (watcher != null) {
      watcher.close();
    }
    http.stop(0);
    threads.shutdown();
  }
}
