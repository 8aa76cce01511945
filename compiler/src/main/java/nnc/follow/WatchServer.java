package nnc.follow;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import nnc.draw.Style;
import nnc.runtime.base.Fault;

/**
 * Serves a page on this machine alone, what it tells as server-sent events, and pictures. It hands out what it was given and runs nothing on behalf of who asks;
 * requests for another host than this one, as a page from elsewhere can be made to send, are refused.
 */
public final class WatchServer implements AutoCloseable {
  /** A comment after so long without news keeps connections open. */
  private static final long BEAT_MS = 10_000;
  /** How long readers have for the last news. */
  private static final long PARTING_MS = 1_500;
  private static final String POLICY = "default-src 'self'; img-src 'self' data:";

  private final HttpServer server;
  private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, byte[]> pictures = new ConcurrentHashMap<>();
  private final Set<String> hosts;
  private final Object news = new Object();
  private String told = "";
  private long version;
  private boolean closed;
  private int listening;

  /**
   * Begins to serve.
   *
   * @param port 0 for one that is free
   * @throws Fault if the port is taken
   */
  public WatchServer(int port) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new Fault("port " + port + " of this machine cannot be served: " + e.getMessage(), "choose another one, or none: --watch", e);
    }
    int chosen = server.getAddress().getPort();
    hosts = Set.of("localhost:" + chosen, "127.0.0.1:" + chosen, "[::1]:" + chosen);
    server.setExecutor(readers);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where it is. */
  public String address() {
    return "http://localhost:" + server.getAddress().getPort() + "/";
  }

  /** Replaces a picture. */
  public void picture(String file, byte[] content) {
    pictures.put(file, content);
  }

  /** Tells all readers, now and who comes later. */
  public void tell(String json) {
    synchronized (news) {
      told = json;
      version++;
      news.notifyAll();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var host = exchange.getRequestHeaders().getFirst("Host");
      var path = exchange.getRequestURI().getPath();
      if (host == null || !hosts.contains(host.toLowerCase(Locale.ROOT))) {
        send(exchange, 403, "text/plain", "this machine alone".getBytes(StandardCharsets.UTF_8));
      } else if (!exchange.getRequestMethod().equals("GET")) {
        send(exchange, 405, "text/plain", "GET alone".getBytes(StandardCharsets.UTF_8));
      } else if (path.equals("/events")) {
        events(exchange);
      } else if (path.startsWith("/picture/")) {
        picture(exchange, URLDecoder.decode(path.substring("/picture/".length()), StandardCharsets.UTF_8));
      } else {
        switch (path) {
          case "/" -> send(exchange, 200, "text/html; charset=utf-8", resource("watch.html"));
          case "/watch.js" -> send(exchange, 200, "text/javascript; charset=utf-8", resource("watch.js"));
          case "/watch.css" -> send(exchange, 200, "text/css; charset=utf-8", (Style.VARIABLES + new String(resource("watch.css"), StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
          default -> send(exchange, 404, "text/plain", "there is no such page".getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (var in = WatchServer.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private void picture(HttpExchange exchange, String file) throws IOException {
    var content = pictures.get(file);
    if (content == null) {
      send(exchange, 404, "text/plain", "there is no such picture".getBytes(StandardCharsets.UTF_8));
    } else {
      send(exchange, 200, file.endsWith(".png") ? "image/png" : "image/svg+xml", content);
    }
  }

  private static void send(HttpExchange exchange, int code, String type, byte[] content) throws IOException {
    head(exchange, type);
    exchange.sendResponseHeaders(code, content.length == 0 ? -1 : content.length);
    exchange.getResponseBody().write(content);
  }

  private static void head(HttpExchange exchange, String type) {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    // pictures have their style inside, and no scripts
    headers.set("Content-Security-Policy", type.startsWith("image/svg") ? "default-src 'none'; style-src 'unsafe-inline'; img-src data:" : POLICY);
  }

  private void events(HttpExchange exchange) throws IOException {
    head(exchange, "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    long seen = 0;
    listens(1);
    try {
      var out = exchange.getResponseBody();
      while (true) {
        String line;
        boolean last;
        synchronized (news) {
          if (version == seen && !closed) {
            news.wait(BEAT_MS);
          }
          line = version == seen ? ":\n\n" : "data: " + told + "\n\n";
          seen = version;
          last = closed;
        }
        out.write(line.getBytes(StandardCharsets.UTF_8));
        out.flush();
        if (last) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listens(-1);
    }
  }

  private void listens(int more) {
    synchronized (news) {
      listening += more;
    }
  }

  /** Ends; who listens gets the last news and has a moment to ask for the pictures that these name. */
  @Override
  public void close() {
    boolean heard;
    synchronized (news) {
      closed = true;
      heard = listening > 0;
      news.notifyAll();
    }
    try {
      Thread.sleep(heard ? PARTING_MS : 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    readers.shutdownNow();
  }
}
