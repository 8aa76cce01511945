package nnc.page;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/** Answers to requests, with headers that let a page use nothing but what its server has. */
public final class Answers {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Of a picture: it has its style inside, and no scripts. */
  private static final String OF_PICTURES = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

  private Answers() {}

  static void head(HttpExchange exchange, String type) {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("X-Frame-Options", "DENY");
  }

  /** Anything. */
  public static void bytes(HttpExchange exchange, int code, PageFile content) throws IOException {
    head(exchange, content.type());
    exchange.sendResponseHeaders(code, content.bytes().length == 0 ? -1 : content.bytes().length);
    if (content.bytes().length > 0) {
      try (var out = exchange.getResponseBody()) {
        out.write(content.bytes());
      }
    }
  }

  public static void text(HttpExchange exchange, int code, String text) throws IOException {
    bytes(exchange, code, new PageFile("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8)));
  }

  /** As {@link #text}, to a page that may be gone, or have been answered in part. */
  public static void tryText(HttpExchange exchange, int code, String text) {
    try {
      text(exchange, code, text);
    } catch (IOException e) {
      exchange.close();
    }
  }

  public static void json(HttpExchange exchange, int code, String json) throws IOException {
    bytes(exchange, code, new PageFile("application/json", json.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * A file of the page, or word that there is none. What stands in its text itself as a script carries a number that is drawn anew each time, in the place of
   * <code>{{nonce}}</code>: no other script there runs.
   */
  public static void file(HttpExchange exchange, int code, Optional<PageFile> file) throws IOException {
    if (file.isEmpty()) {
      text(exchange, code == 200 ? 404 : code, "there is no " + exchange.getRequestURI().getPath());
    } else if (file.get().type().startsWith("text/html")) {
      page(exchange, code, file.get());
    } else {
      if (file.get().type().startsWith("image/svg")) {
        exchange.getResponseHeaders().set("Content-Security-Policy", OF_PICTURES);
      }
      bytes(exchange, code, file.get());
    }
  }

  private static void page(HttpExchange exchange, int code, PageFile page) throws IOException {
    var drawn = new byte[16];
    RANDOM.nextBytes(drawn);
    var nonce = HexFormat.of().formatHex(drawn);
    exchange.getResponseHeaders().set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'nonce-" + nonce + "'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    bytes(exchange, code, new PageFile(page.type(), new String(page.bytes(), StandardCharsets.UTF_8).replace("{{nonce}}", nonce).getBytes(StandardCharsets.UTF_8)));
  }
}
