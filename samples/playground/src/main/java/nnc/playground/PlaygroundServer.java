package nnc.playground;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import nnc.page.Answers;
import nnc.page.LocalHost;
import nnc.runtime.base.Fault;

/** Serves the page, on this machine's own address. A thread of its own serves each request; what fails there is told to the page, and the server stays. */
final class PlaygroundServer implements AutoCloseable {
  private static final int CLEARING_SECONDS = 10;

  private final HttpServer http;
  private final String token;
  private final LocalHost host;
  private final Guard guard;
  private final Desks desks;
  private final PageRequests requests;
  private final ScheduledExecutorService clearing = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("nnc-playground-clearing").factory());
  private final CountDownLatch closed = new CountDownLatch(1);

  private PlaygroundServer(HttpServer http, ChosenProgram chosen, Path tables) {
    this.http = http;
    token = Desks.name(new SecureRandom());
    host = new LocalHost(http.getAddress().getPort());
    guard = new Guard(token, http.getAddress().getPort());
    desks = new Desks(chosen, tables);
    requests = new PageRequests(desks, chosen);
  }

  /**
   * Starts to serve.
   *
   * @param port   0 for a free one
   * @param tables a folder for tables of the user's
   * @throws Fault if the port is taken
   */
  static PlaygroundServer start(int port, ChosenProgram chosen, Path tables) throws IOException {
    // answers are short: none waits until there is more to send
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try {
      var server = new PlaygroundServer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0), chosen, tables);
      server.http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.http.createContext("/", server::serve);
      server.http.start();
      server.clearing.scheduleWithFixedDelay(server.desks::clear, CLEARING_SECONDS, CLEARING_SECONDS, TimeUnit.SECONDS);
      return server;
    } catch (BindException e) {
      throw new Fault("port " + port + " is in use, or not to be had", "choose another with --port, or leave it out", e);
    }
  }

  /** The page's address, with the token. */
  String address() {
    return "http://127.0.0.1:" + port() + "/?" + Guard.PARAMETER + "=" + token;
  }

  int port() {
    return http.getAddress().getPort();
  }

  /** Waits until it is closed. */
  void await() throws InterruptedException {
    closed.await();
  }

  private void serve(HttpExchange exchange) {
    // closed at the end alone: a failure can only be told before
    try (exchange) {
      try {
        answer(exchange);
      } catch (RuntimeException | Error e) {
        Answers.tryText(exchange, 500, "the server failed: " + e);
      }
    } catch (IOException e) {
      // the page is gone, and nobody is left to tell
      exchange.close();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (!host.isMeantBy(exchange)) {
      Answers.text(exchange, 421, "this server is that of another host");
    } else if (isPublic(exchange)) {
      Answers.file(exchange, 200, PageAssets.of(exchange.getRequestURI().getPath()));
    } else if (!host.isOriginOf(exchange)) {
      if (isPage(exchange)) {
        Answers.file(exchange, 403, PageAssets.of("/door.html"));
      } else {
        Answers.text(exchange, 403, "this request comes from another site");
      }
    } else if (isPage(exchange) && guard.brings(exchange)) {
      exchange.getResponseHeaders().set("Set-Cookie", guard.setCookie());
      exchange.getResponseHeaders().set("Location", "/");
      Answers.text(exchange, 303, "");
    } else if (!guard.knows(exchange)) {
      Answers.file(exchange, 403, isPage(exchange) ? PageAssets.of("/door.html") : Optional.empty());
    } else {
      requests.answer(exchange);
    }
  }

  /** What a browser that has no token may see: the page that says so. */
  private static boolean isPublic(HttpExchange exchange) {
    var path = exchange.getRequestURI().getPath();
    return exchange.getRequestMethod().equals("GET") && (path.equals("/door.js") || path.equals("/door.css") || path.equals("/icon.svg"));
  }

  private static boolean isPage(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("GET") && exchange.getRequestURI().getPath().equals("/");
  }

  @Override
  public void close() {
    clearing.shutdownNow();
    desks.close();
    http.stop(0);
    closed.countDown();
  }
}
