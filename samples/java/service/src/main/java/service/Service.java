package service;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import nnc.runtime.base.Fault;
import service.Iris.Kind;

/**
 * {@code POST /predict} takes {@code {"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}} and answers with the kind and what is likely.
 * Weights of a file are taken as soon as it changes, while requests run.
 */
public final class Service implements AutoCloseable {
  private static final int LONGEST = 1 << 16;

  private final Iris iris;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());

  private Service(Iris iris, int port) throws IOException {
    this.iris = iris;
    server = HttpServer.create(new InetSocketAddress("localhost", port), 0);
    server.setExecutor(threads);
    server.createContext("/predict", this::predict);
  }

  /** Serves on a port of this machine; 0 for any that is free. */
  static Service start(Iris iris, int port) throws IOException {
    // answers are as fast as they will be before the first one is asked for
    iris.predictor().warmUp(10);
    Service service = new Service(iris, port);
    service.server.start();
    return service;
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }

  private void predict(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      answer(exchange, 405, error("POST a JSON object"));
      return;
    }
    try {
      byte[] asked = exchange.getRequestBody().readNBytes(LONGEST);
      answer(exchange, 200, answer(JsonParser.parseString(new String(asked, StandardCharsets.UTF_8)).getAsJsonObject()));
    } catch (Fault | JsonParseException | IllegalStateException e) {
      answer(exchange, 400, error(e.getMessage()));
    }
  }

  private JsonObject answer(JsonObject asked) {
    Iris.Output output = iris.predict(number(asked, "sepal_length"), number(asked, "sepal_width"), number(asked, "petal_length"), number(asked, "petal_width"));
    JsonObject chances = new JsonObject();
    for (Kind kind : Kind.values()) {
      chances.addProperty(kind.label(), output.chance(kind));
    }
    JsonObject answer = new JsonObject();
    answer.addProperty("kind", output.kind().label());
    answer.add("chance", chances);
    return answer;
  }

  /** A number that is not given is not zero. */
  private static double number(JsonObject asked, String name) {
    JsonElement value = asked.get(name);
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      throw new Fault(name + " is no number");
    }
    return value.getAsDouble();
  }

  private static JsonObject error(String message) {
    JsonObject error = new JsonObject();
    error.addProperty("error", message);
    return error;
  }

  private static void answer(HttpExchange exchange, int code, JsonObject answer) throws IOException {
    byte[] bytes = (answer + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Arguments: the port, and a file of weights if those of the build are not meant. */
  public static void main(String[] arguments) throws IOException {
    Iris iris = arguments.length > 1 ? Iris.load(Path.of(arguments[1])) : Iris.load();
    Service service = start(iris, Integer.parseInt(arguments[0]));
    if (arguments.length > 1) {
      WeightWatch.follow(Path.of(arguments[1]), iris);
    }
    System.out.println("POST http://localhost:" + service.port() + "/predict");
  }
}
