package nnc.runtime.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import nnc.Compiler;
import nnc.JsonReader;
import nnc.driver.CompilerOptions;
import nnc.runtime.Model;
import nnc.runtime.base.Threads;

/** A service in this process, and who asks it. */
final class Served implements AutoCloseable {
  static final Limits LIMITS = new Limits(100_000, 64, 32, 20);

  final InferenceServer server;
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final ByteArrayOutputStream told = new ByteArrayOutputStream();

  Served(Limits limits, Batching batching, ServedModel... models) {
    server = InferenceServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), List.of(models), limits, batching, ServerLog.ofText(new PrintStream(told, true, StandardCharsets.UTF_8)));
  }

  /** One that is ready, by limits that tests can reach. */
  static Served ready(ServedModel... models) {
    var served = new Served(LIMITS, new Batching(16, 0, 2), models);
    served.server.warmUp(0);
    return served;
  }

  static Model model(String program) throws Exception {
    return Compiler.load(Compiler.compile("net.nn", program, CompilerOptions.standard())).initialised(3);
  }

  static ServedModel of(String name, String program) throws Exception {
    return ServedModel.of(name, model(program), null, new Threads(1));
  }

  URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(at(path)));
  }

  /** @param headers names and values in turn */
  HttpResponse<byte[]> post(String path, byte[] body, String... headers) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(at(path)).POST(BodyPublishers.ofByteArray(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  HttpResponse<byte[]> infer(String model, String json) throws IOException, InterruptedException {
    return post("/v2/models/" + model + "/infer", json.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");
  }

  static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> json(HttpResponse<byte[]> answer) {
    return (Map<String, Object>) JsonReader.read(text(answer));
  }

  static String error(HttpResponse<byte[]> answer) {
    return (String) json(answer).get("error");
  }

  /** The elements of an answer's first output. */
  @SuppressWarnings("unchecked")
  static float[] first(HttpResponse<byte[]> answer) {
    var data = (List<Double>) ((List<Map<String, Object>>) json(answer).get("outputs")).getFirst().get("data");
    var values = new float[data.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = data.get(i).floatValue();
    }
    return values;
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
