package nnc.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a page hears, and that it is known to be there while it does. */
class EventStreamTest {
  private final EventStream stream = new EventStream();
  private final CountDownLatch reached = new CountDownLatch(2);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> stream.serve(exchange, reached::countDown));
    server.start();
  }

  @AfterEach
  void end() {
    stream.close();
    server.stop(0);
  }

  private BufferedReader listen() throws IOException {
    var reader = new BufferedReader(new InputStreamReader(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/").toURL().openStream(), StandardCharsets.UTF_8));
    assertThat(reader.readLine()).isEqualTo("retry: 1000");
    return reader;
  }

  private static String data(BufferedReader reader) throws IOException {
    while (true) {
      var line = reader.readLine();
      if (line == null || line.startsWith("data: ")) {
        return line;
      }
    }
  }

  /** A page that is looked at asks for nothing: that it is reached shows that it is there. */
  @Test
  void whoIsReachedIsThere() throws Exception {
    try (var page = listen()) {
      stream.send("frame", "1");
      stream.send("frame", "2");
      assertThat(data(page)).isEqualTo("data: 1");
      assertThat(data(page)).isEqualTo("data: 2");
      reached.await();
    }
  }

  /** A connection that is lost may not be known to be: what is told goes to the one that was made last. */
  @Test
  void whoListensAnewIsToldAll() throws Exception {
    try (var before = listen(); var after = listen()) {
      for (int i = 0; i < 20; i++) {
        stream.send("frame", Integer.toString(i));
        assertThat(data(after)).isEqualTo("data: " + i);
      }
      assertThat(data(before)).isNull();
    }
  }
}
