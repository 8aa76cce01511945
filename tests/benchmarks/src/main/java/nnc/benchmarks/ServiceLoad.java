package nnc.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import nnc.Compiler;

/**
 * How many requests a second a service answers, one example each as binary data, by the number of connections that ask without a pause: {@code serve} beside the same HTTP layer around ONNX
 * Runtime ({@link OnnxService}). Each service is a process of its own; who asks is another, on the same machine. A request that is not answered by 200 ends the comparison.
 */
final class ServiceLoad {
  private ServiceLoad() {}

  private static final List<String> NETWORKS = List.of("A", "C");
  private static final int[] CONNECTIONS = {1, 4, 16, 64};
  /** What an operator allows 99 of 100 requests. */
  private static final double ALLOWED_MS = 10;

  /** @param seconds that each number of connections is measured for, after as many to get warm */
  static void all(Path folder, double seconds) throws IOException {
    System.out.printf(Locale.ROOT, "%-8s%-8s%14s%14s%12s%12s%n", "network", "engine", "connections", "requests/s", "median ms", "p99 ms");
    for (var network : NETWORKS) {
      var workload = Workload.chosen(List.of("P1-" + network)).getFirst();
      Compiler.writeServingJar(Setup.compile(network), folder.resolve(network + ".jar"), Map.of());
      var model = Setup.model(Setup.compile(network));
      model.save(folder.resolve(network + ".npz"));
      var arrays = Setup.arrays(model, workload);
      Array.write(folder.resolve(network + ".arrays"), arrays);
      double nnc = best(network, "nnc", folder, arrays.get("x"), seconds);
      double onnx = best(network, "onnx", folder, arrays.get("x"), seconds);
      System.out.printf(Locale.ROOT, "%-8s at p99 under %.0f ms: nnc %.0f, onnx %.0f requests/s%s%n", network, ALLOWED_MS, nnc, onnx, nnc > 0 && onnx > 0 ? String.format(Locale.ROOT, ", %.2f times", nnc / onnx) : "");
    }
  }

  /** The most requests a second at a 99th percentile that is allowed. */
  private static double best(String network, String engine, Path folder, Array row, double seconds) throws IOException {
    var process = start(network, engine, folder);
    try {
      var said = process.inputReader();
      var line = said.readLine();
      int port = Integer.parseInt(line.replaceAll(".*\"port\":(\\d+).*", "$1"));
      while (!line.contains("\"event\":\"ready\"")) {
        line = said.readLine();
      }
      var request = request(port, row);
      double best = 0;
      for (int connections : CONNECTIONS) {
        ask(port, request, connections, seconds);
        var times = ask(port, request, connections, seconds);
        double p99 = times[times.length * 99 / 100] / 1e6;
        double rate = times.length / seconds;
        System.out.printf(Locale.ROOT, "%-8s%-8s%14d%14.0f%12.2f%12.2f%n", network, engine, connections, rate, times[times.length / 2] / 1e6, p99);
        best = p99 < ALLOWED_MS ? Math.max(best, rate) : best;
      }
      return best;
    } finally {
      process.toHandle().destroy();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Process start(String network, String engine, Path folder) throws IOException {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g"));
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectError(folder.resolve("load-" + network + "-" + engine + ".log").toFile());
    if (engine.equals("nnc")) {
      command.addAll(List.of("-jar", network + ".jar", "serve", "--name", "net", "--weights", network + ".npz", "--port", "0", "--json"));
    } else {
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED", OnnxService.class.getName(), network, folder.toString()));
      builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    }
    return builder.command(command).start();
  }

  /** A request whole, as it is sent again and again: the head, JSON, and the numbers. */
  private static byte[] request(int port, Array row) {
    int bytes = 4 * row.values().length;
    var json = ("{\"parameters\":{\"binary_data_output\":true},\"inputs\":[{\"name\":\"x\",\"shape\":" + Arrays.toString(row.shape()) + ",\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":" + bytes + "}}]}")
        .getBytes(StandardCharsets.UTF_8);
    var head = ("POST /v2/models/net/infer HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nContent-Type: application/octet-stream\r\nInference-Header-Content-Length: " + json.length + "\r\nContent-Length: "
        + (json.length + bytes) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    var all = ByteBuffer.allocate(head.length + json.length + bytes).order(ByteOrder.LITTLE_ENDIAN).put(head).put(json);
    for (float value : row.values()) {
      all.putFloat(value);
    }
    return all.array();
  }

  /** Nanoseconds that each request took, in order of their length. */
  private static long[] ask(int port, byte[] request, int connections, double seconds) throws IOException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    try (var threads = Executors.newFixedThreadPool(connections)) {
      List<Future<long[]>> all = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        all.add(threads.submit(() -> connection(port, request, end)));
      }
      long[] times = {};
      for (var one : all) {
        var more = one.get();
        times = Arrays.copyOf(times, times.length + more.length);
        System.arraycopy(more, 0, times, times.length - more.length, more.length);
      }
      Arrays.sort(times);
      return times;
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("a request was not answered", e);
    }
  }

  private static long[] connection(int port, byte[] request, long end) throws IOException {
    var times = new long[1 << 10];
    int count = 0;
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (long start = System.nanoTime(); start < end; start = System.nanoTime()) {
        out.write(request);
        answer(in);
        times = count == times.length ? Arrays.copyOf(times, 2 * count) : times;
        times[count++] = System.nanoTime() - start;
      }
    }
    return Arrays.copyOf(times, count);
  }

  /** Reads an answer to its end. */
  private static void answer(InputStream in) throws IOException {
    var status = line(in);
    if (!status.contains(" 200 ")) {
      throw new IOException("answered by " + status);
    }
    int length = 0;
    for (var header = line(in); !header.isEmpty(); header = line(in)) {
      length = header.regionMatches(true, 0, "Content-Length:", 0, 15) ? Integer.parseInt(header.substring(15).trim()) : length;
    }
    in.skipNBytes(length);
  }

  private static String line(InputStream in) throws IOException {
    var letters = new StringBuilder();
    int letter = in.read();
    while (letter != '\n') {
      if (letter < 0) {
        throw new IOException("cut off");
      }
      letters.append((char) letter);
      letter = in.read();
    }
    letters.setLength(Math.max(0, letters.length() - 1));
    return letters.toString();
  }
}
