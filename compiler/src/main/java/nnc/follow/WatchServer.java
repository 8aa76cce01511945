package nnc.follow;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import nnc.page.Answers;
import nnc.page.EventStream;
import nnc.page.LocalHost;
import nnc.page.PageFile;
import nnc.runtime.base.Fault;

/** Serves a page on this machine alone, what it tells as server-sent events, and pictures. It hands out what it was given and runs nothing on behalf of who asks. */
public final class WatchServer implements AutoCloseable {
  /** How long readers have for the last news. */
  private static final long PARTING_MS = 1_500;
  /** Of more rows every second one is forgotten. */
  private static final int MOST_ROWS = 4096;

  private final HttpServer server;
  private final LocalHost host;
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, byte[]> pictures = new ConcurrentHashMap<>();

  // guarded by the first
  private final List<EventStream> readers = new ArrayList<>();
  private List<String> rows = new ArrayList<>();
  private String told = "";

  /**
   * Begins to serve.
   *
   * @param port 0 for one that is free
   * @throws Fault if the port is taken
   */
  public WatchServer(int port) {
    // answers are short: none waits until there is more to send
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    } catch (IOException e) {
      throw new Fault("port " + port + " of this machine cannot be served: " + e.getMessage(), "choose another one, or none: --watch", e);
    }
    host = new LocalHost(server.getAddress().getPort());
    server.setExecutor(requests);
    server.createContext("/", this::serve);
    server.start();
  }

  /** Where it is. */
  public String address() {
    return "http://localhost:" + host.port() + "/";
  }

  /** Replaces a picture. */
  public void picture(String file, byte[] content) {
    pictures.put(file, content);
  }

  /** Tells all readers, now and who comes later, how things stand. */
  public void tell(String json) {
    synchronized (readers) {
      told = json;
      readers.forEach(reader -> reader.send("state", json));
    }
  }

  /** Adds to what is told in order, as the figures of epochs are: who comes later is told all, or of many every second, fourth, and so on. */
  public void add(List<String> added) {
    synchronized (readers) {
      rows.addAll(added);
      if (rows.size() > MOST_ROWS) {
        var fewer = new ArrayList<String>();
        for (int i = rows.size() - 1; i >= 0; i -= 2) {
          fewer.addFirst(rows.get(i));
        }
        rows = fewer;
      }
      readers.forEach(reader -> reader.send("rows", list(added)));
    }
  }

  private static String list(List<String> json) {
    return "[" + String.join(",", json) + "]";
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange);
      } catch (RuntimeException e) {
        Answers.tryText(exchange, 500, "the server failed: " + e);
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    if (!host.isMeantBy(exchange)) {
      Answers.text(exchange, 421, "this server is that of another host");
    } else if (!exchange.getRequestMethod().equals("GET")) {
      Answers.text(exchange, 405, "only GET");
    } else if (!path.equals("/") && !host.isOriginOf(exchange)) {
      Answers.text(exchange, 403, "this request comes from another site");
    } else if (path.equals("/events")) {
      events(exchange);
    } else if (path.startsWith("/picture/")) {
      Answers.file(exchange, 200, picture(URLDecoder.decode(path.substring("/picture/".length()), StandardCharsets.UTF_8)));
    } else {
      Answers.file(exchange, 200, switch (path) {
        case "/" -> PageFile.of(WatchServer.class, "watch.html");
        case "/watch.js", "/watch.css" -> PageFile.of(WatchServer.class, path.substring(1));
        default -> PageFile.shared(path);
      });
    }
  }

  private Optional<PageFile> picture(String file) {
    var content = pictures.get(file);
    return content == null ? Optional.empty() : PageFile.type(file).map(type -> new PageFile(type, content));
  }

  private void events(HttpExchange exchange) throws IOException {
    var reader = new EventStream();
    synchronized (readers) {
      reader.send("all", list(rows));
      if (!told.isEmpty()) {
        reader.send("state", told);
      }
      readers.add(reader);
    }
    try {
      reader.serve(exchange, () -> { });
    } finally {
      synchronized (readers) {
        readers.remove(reader);
      }
    }
  }

  /** Ends; who listens gets the last news and has a moment to ask for the pictures that these name. */
  @Override
  public void close() {
    boolean heard;
    synchronized (readers) {
      heard = !readers.isEmpty();
      readers.forEach(EventStream::close);
    }
    try {
      Thread.sleep(heard ? PARTING_MS : 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    requests.shutdownNow();
  }
}
