package nnc.playground;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Events for one page, as the browser's EventSource reads them (server-sent events). They are sent by the thread of the page's request; who has something to tell
 * puts it into a line, which holds few: a page that does not read loses what is older than that, and is told all that matters with the next frame.
 */
final class EventStream {
  private static final int HELD = 64;
  private static final int HEARTBEAT_SECONDS = 5;

  private final BlockingQueue<String> line = new ArrayBlockingQueue<>(HELD);
  private volatile boolean closed;

  /** @param json a text without line ends */
  void send(String event, String json) {
    var text = "event: " + event + "\ndata: " + json + "\n\n";
    while (!line.offer(text)) {
      line.poll();
    }
  }

  /** Sends until the page is gone, or this is closed. */
  void serve(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      write(out, "retry: 1000\n\n");
      while (!closed) {
        var text = line.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        write(out, text == null ? ": here\n\n" : text);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  void close() {
    closed = true;
    send("bye", "{}");
  }
}
