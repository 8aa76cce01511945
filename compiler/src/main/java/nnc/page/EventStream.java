package nnc.page;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;

/**
 * Events for one page, as the browser's EventSource reads them (server-sent events). They are sent by the thread of the page's request; who has something to tell
 * puts it into a line, which holds few: a page that does not read loses what is older than that, and is told all that matters with the next event.
 */
public final class EventStream {
  private static final int HELD = 64;
  private static final int HEARTBEAT_SECONDS = 5;

  private final BlockingDeque<String> line = new LinkedBlockingDeque<>(HELD);
  /** Stands in the line where nothing comes after it. */
  private static final String END = "";
  private volatile boolean closed;
  /** How often somebody has begun to listen: who did last is who is told. */
  private volatile int listener;

  /** @param json a text without line ends */
  public void send(String event, String json) {
    add("event: " + event + "\ndata: " + json + "\n\n");
  }

  private void add(String text) {
    while (!line.offer(text)) {
      line.poll();
    }
  }

  /**
   * Sends until the page is gone, listens anew, or this is closed.
   *
   * @param reached is told whenever something has gone out to the page, some words every few seconds: it is still there
   */
  public void serve(HttpExchange exchange, Runnable reached) throws IOException {
    int own = takeOver();
    Answers.head(exchange, "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      write(out, "retry: 1000\n\n");
      while (own == listener && !(closed && line.isEmpty())) {
        var text = line.poll(HEARTBEAT_SECONDS, TimeUnit.SECONDS);
        if (END.equals(text)) {
          return;
        }
        if (text != null && own != listener && line.offerFirst(text)) {
          return;
        }
        write(out, text == null ? ": here\n\n" : text);
        reached.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized int takeOver() {
    return ++listener;
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Ends; who listens is told what was sent before. */
  public void close() {
    closed = true;
    add(END);
  }
}
