package nnc.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import nnc.JsonReader;
import nnc.Said;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** The page of a training: who may read it, and what it is told. */
@ResourceLock(Resources.SYSTEM_OUT)
class WatchTest {
  @TempDir
  Path folder;

  /** An answer as it comes, head and all; requests are written by hand, as a page from elsewhere could not. */
  private static String asked(URI address, String request, String host) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
      socket.getOutputStream().write((request + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void thePageIsForThisMachineAlone() throws Exception {
    try (var server = new WatchServer(0)) {
      var address = URI.create(server.address());
      var own = "localhost:" + address.getPort();
      assertThat(asked(address, "GET /", own)).startsWith("HTTP/1.1 200").contains("Content-security-policy: default-src 'none'", "watch.js").doesNotContain("{{nonce}}");
      assertThat(asked(address, "GET /watch.js", own)).contains("EventSource");
      assertThat(asked(address, "GET /watch.css", own)).contains("progress");
      assertThat(asked(address, "GET /", "evil.example:" + address.getPort())).startsWith("HTTP/1.1 421");
      assertThat(asked(address, "GET /events", own + "\r\nOrigin: http://evil.example")).startsWith("HTTP/1.1 403");
      assertThat(asked(address, "GET /picture/a.svg", own + "\r\nSec-Fetch-Site: cross-site")).startsWith("HTTP/1.1 403");
      assertThat(asked(address, "POST /", own)).startsWith("HTTP/1.1 405");
      assertThat(asked(address, "GET /../pom.xml", own)).startsWith("HTTP/1.1 404");
      assertThat(asked(address, "GET /picture/..%2f..%2fpom.xml", own)).startsWith("HTTP/1.1 404");
      for (var shared : List.of("/base.css", "/chart.js", "/colours.js")) {
        assertThat(asked(address, "GET " + shared, own)).as(shared).startsWith("HTTP/1.1 200");
      }
      server.picture("a.svg", "<svg/>".getBytes(StandardCharsets.UTF_8));
      assertThat(asked(address, "GET /picture/a.svg?3", own)).startsWith("HTTP/1.1 200").contains("image/svg+xml").endsWith("<svg/>");
      assertThatThrownBy(() -> new WatchServer(address.getPort())).isInstanceOf(Fault.class).hasMessageContaining("port " + address.getPort());
    }
  }

  @Test
  void whoeverListensIsToldNowAndLater() throws Exception {
    var server = new WatchServer(0);
    server.tell("{\"a\":1}");
    var heard = listening(server.address());
    while (!heard.lines.contains("{\"a\":1}")) {
      Thread.sleep(5);
    }
    server.tell("{\"a\":2}");
    server.close();
    heard.done.get();
    assertThat(heard.lines).containsExactly("[]", "{\"a\":1}", "{\"a\":2}");
  }

  /** Of many epochs those who come later are told every second, fourth and so on, the last one always. */
  @Test
  void whoComesLaterIsToldOfAllEpochs() throws Exception {
    var server = new WatchServer(0);
    for (int i = 0; i < 3; i++) {
      server.add(List.of("" + 2 * i, "" + (2 * i + 1)));
    }
    var heard = listening(server.address());
    while (heard.lines.isEmpty()) {
      Thread.sleep(5);
    }
    assertThat(heard.lines).containsExactly("[0,1,2,3,4,5]");
    for (int i = 6; i < 20_000; i++) {
      server.add(List.of("" + i));
    }
    var later = listening(server.address());
    while (later.lines.isEmpty()) {
      Thread.sleep(5);
    }
    server.close();
    heard.done.get();
    later.done.get();
    var numbers = later.lines.getFirst().split("[\\[,\\]]");
    assertThat(numbers).hasSizeBetween(2000, 5000).endsWith("19999");
  }

  /** Where the library of plots is, it is served as the page asks for it. */
  @Test
  void allThatThePageNeedsIsThere() throws Exception {
    Assumptions.assumeTrue(WatchServer.class.getResource("/META-INF/resources/webjars/uplot") != null, "the library of plots is not on the class path");
    try (var server = new WatchServer(0)) {
      var address = URI.create(server.address());
      var page = asked(address, "GET /", "localhost:" + address.getPort());
      var asked = java.util.regex.Pattern.compile("\"(/[a-zA-Z/]+\\.[a-z]+)\"").matcher(page).results().map(found -> found.group(1)).toList();
      assertThat(asked).contains("/lib/uPlot.js", "/lib/uPlot.css", "/watch.js").allSatisfy(path ->
          assertThat(asked(address, "GET " + path, "localhost:" + address.getPort())).as(path).startsWith("HTTP/1.1 200"));
    }
  }

  /** What an address tells, until it ends. */
  private record Heard(List<String> lines, CompletableFuture<Void> done) {}

  private static Heard listening(String address) {
    var lines = java.util.Collections.synchronizedList(new ArrayList<String>());
    return new Heard(lines, CompletableFuture.runAsync(() -> {
      try (var in = new BufferedReader(new InputStreamReader(URI.create(address + "events").toURL().openStream(), StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (line.startsWith("data: ")) {
            lines.add(line.substring("data: ".length()));
          }
        }
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }, task -> Thread.ofVirtual().start(task)));
  }

  @Test
  void aTrainingIsToldToItsEnd() throws Exception {
    var program = Files.writeString(folder.resolve("p.nn"), """
        input  point: float[N, 2]
        target label: float[N]
        logit = point |> dense(4, tanh) |> dense(1) |> squeeze(1)
        output probability = sigmoid(logit)
        loss   binary_cross_entropy(logit, label)
        data   { train = circle(80, seed = 1) }
        train  { optimizer = adam(0.03)  batch = 10  epochs = 40 }
        """);
    int port;
    try (var free = new java.net.ServerSocket(0)) {
      port = free.getLocalPort();
    }
    var heard = new CompletableFuture<Heard>();
    Thread.ofVirtual().start(() -> {
      while (!heard.isDone()) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          assertThat(socket.isConnected()).isTrue();
          heard.complete(listening("http://localhost:" + port + "/"));
        } catch (java.io.IOException notYet) {
          Thread.onSpinWait();
        }
      }
    });
    var said = Said.byCompiler("train", program.toString(), "--out", folder.resolve("w.npz").toString(), "--watch", Integer.toString(port));
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.err()).contains("watch at http://localhost:" + port + "/");
    heard.get().done.get();
    var last = heard.get().lines.getLast();
    assertThat(last).contains("\"name\":\"p\"", "\"ended\":true", "\"epoch\":40", "curves.svg", "regions-probability.svg", "histograms.svg");
    JsonReader.read(last);
    var epochs = heard.get().lines.stream().filter(line -> line.startsWith("[")).map(JsonReader::read).flatMap(rows -> ((List<?>) rows).stream()).toList();
    assertThat(epochs).hasSize(40);
    assertThat(epochs.toString()).contains("epoch=40");
  }
}
