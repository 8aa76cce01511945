package nnc.playground;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What a page does, by plain Java: asks a server for things, and listens to it. */
final class PageClient implements AutoCloseable {
  private final PlaygroundServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final LinkedBlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<JsonObject> states = new LinkedBlockingQueue<>();
  private final String cookie;
  private final Thread listening;
  final String desk;

  PageClient(PlaygroundServer server) throws IOException, InterruptedException {
    this.server = server;
    cookie = http.send(HttpRequest.newBuilder(URI.create(server.address())).build(), HttpResponse.BodyHandlers.discarding()).headers().firstValue("Set-Cookie")
        .orElseThrow().split(";")[0];
    desk = JsonParser.parseString(send("/api/desk", "{}").body()).getAsJsonObject().get("desk").getAsString();
    listening = Thread.ofVirtual().start(this::listen);
  }

  String cookie() {
    return cookie;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).header("Cookie", cookie);
  }

  HttpResponse<String> send(String path, String body) throws IOException, InterruptedException {
    return http.send(request(path).header("Origin", "http://127.0.0.1:" + server.port()).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Asks for something; gives what is answered, refused or not. */
  JsonObject post(String what, JsonObject body) throws IOException, InterruptedException {
    return JsonParser.parseString(send("/api/" + what + "?desk=" + desk, body.toString()).body()).getAsJsonObject();
  }

  JsonObject post(String what, Map<String, ?> body) throws IOException, InterruptedException {
    return post(what, new com.google.gson.Gson().toJsonTree(body).getAsJsonObject());
  }

  JsonObject load(String text) throws IOException, InterruptedException {
    return post("program", Map.of("text", text));
  }

  JsonObject load(PageSettings settings) throws IOException, InterruptedException {
    var body = new JsonObject();
    body.add("settings", PageJson.settings(settings));
    return post("program", body);
  }

  JsonObject upload(String name, String text) throws IOException, InterruptedException {
    return JsonParser.parseString(send("/api/table?desk=" + desk + "&name=" + name, text).body()).getAsJsonObject();
  }

  HttpResponse<Path> download(String kind, Path file) throws IOException, InterruptedException {
    return http.send(request("/api/download?kind=" + kind + "&desk=" + desk).build(), HttpResponse.BodyHandlers.ofFile(file));
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private void listen() {
    try (var in = http.send(request("/api/events?desk=" + desk).build(), HttpResponse.BodyHandlers.ofInputStream()).body();
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      var event = "";
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ")) {
          (event.equals("frame") ? frames : states).add(JsonParser.parseString(line.substring(6)).getAsJsonObject());
        }
      }
    } catch (IOException e) {
      // the server has ended
      frames.clear();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A frame with something to be seen, asked for again and again. */
  JsonObject frame(Predicate<JsonObject> wanted) throws IOException, InterruptedException {
    while (true) {
      // what a page does that points at another unit is drawn anew though nothing was learned
      post("frame", Map.of("value", "", "unit", 0, "gradients", false));
      var frame = frames.poll(100, TimeUnit.MILLISECONDS);
      if (frame != null && wanted.test(frame)) {
        return frame;
      }
    }
  }

  /** Trains so many steps, and gives the frame behind them. */
  JsonObject steps(int count, int until) throws IOException, InterruptedException {
    post("steps", Map.of("count", count));
    return frame(frame -> frame.get("step").getAsInt() == until && !frame.get("running").getAsBoolean());
  }

  /** What is told of the training, but for frames. */
  JsonObject state(Predicate<JsonObject> wanted) throws InterruptedException {
    while (true) {
      var state = states.take();
      if (wanted.test(state)) {
        return state;
      }
    }
  }

  static float[] floats(String base64) {
    var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    var floats = new float[bytes.remaining()];
    bytes.get(floats);
    return floats;
  }

  @Override
  public void close() {
    listening.interrupt();
    http.shutdownNow();
    try {
      http.awaitTermination(java.time.Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
