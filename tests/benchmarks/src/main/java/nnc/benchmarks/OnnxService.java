package nnc.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * ONNX Runtime's Java API behind the HTTP layer that {@code serve} has: the JDK's server, a virtual thread a request, binary data in and out. Who writes such a service by hand runs each request
 * by itself, one thread a run, on the session that all share. Of the JSON it reads nothing, which is to its advantage: there is one model and one input.
 */
final class OnnxService {
  private OnnxService() {}

  private static OrtSession session;
  private static long[] shape;

  public static void main(String[] arguments) throws Exception {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    var workload = Workload.chosen(List.of("P1-" + arguments[0])).getFirst();
    var arrays = Array.read(Path.of(arguments[1]).resolve(arguments[0] + ".arrays"));
    shape = arrays.get("x").shape();
    var options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    session = OrtEnvironment.getEnvironment().createSession(OnnxNetworks.of(workload, Array.weights(arrays)), options);
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", OnnxService::serve);
    server.start();
    System.out.println("{\"event\":\"serving\",\"port\":" + server.getAddress().getPort() + "}");
    System.out.println("{\"event\":\"ready\"}");
  }

  private static void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = exchange.getRequestBody().readAllBytes();
      int json = Integer.parseInt(exchange.getRequestHeaders().getFirst("Inference-Header-Content-Length"));
      var row = ByteBuffer.allocateDirect(body.length - json).order(ByteOrder.nativeOrder()).put(body, json, body.length - json).flip().order(ByteOrder.nativeOrder()).asFloatBuffer();
      try (var input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), row, shape); var result = session.run(Map.of("x", input))) {
        var output = (OnnxTensor) result.get(0);
        var values = output.getFloatBuffer();
        int bytes = 4 * values.remaining();
        var head = ("{\"model_name\":\"net\",\"model_version\":\"1\",\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":" + Arrays.toString(output.getInfo().getShape())
            + ",\"parameters\":{\"binary_data_size\":" + bytes + "}}]}").getBytes(StandardCharsets.UTF_8);
        var all = ByteBuffer.allocate(head.length + bytes).order(ByteOrder.LITTLE_ENDIAN).put(head);
        all.asFloatBuffer().put(values);
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.getResponseHeaders().set("Inference-Header-Content-Length", Integer.toString(head.length));
        exchange.sendResponseHeaders(200, all.capacity());
        exchange.getResponseBody().write(all.array());
      } catch (OrtException e) {
        throw new IOException(e);
      }
    }
  }
}
