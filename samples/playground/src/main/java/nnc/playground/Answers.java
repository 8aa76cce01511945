package nnc.playground;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** Answers to requests, with headers that let the page use nothing but what this server has. */
final class Answers {
  private static final SecureRandom RANDOM = new SecureRandom();

  private Answers() {}

  private static void send(HttpExchange exchange, int code, String type, byte[] body) throws IOException {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", type);
    headers.set("Cache-Control", "no-store");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("Cross-Origin-Resource-Policy", "same-origin");
    headers.set("Cross-Origin-Opener-Policy", "same-origin");
    headers.set("X-Frame-Options", "DENY");
    exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      try (var out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  static void text(HttpExchange exchange, int code, String text) throws IOException {
    send(exchange, code, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #text}, to a page that may be gone, or have been answered in part. */
  static void tryText(HttpExchange exchange, int code, String text) {
    try {
      text(exchange, code, text);
    } catch (IOException e) {
      exchange.close();
    }
  }

  static void json(HttpExchange exchange, int code, JsonObject json) throws IOException {
    send(exchange, code, "application/json", json.toString().getBytes(StandardCharsets.UTF_8));
  }

  static void download(HttpExchange exchange, Desk.Downloaded file) throws IOException {
    exchange.getResponseHeaders().set("Content-Disposition", "attachment; filename*=UTF-8''"
        + java.net.URLEncoder.encode(file.name(), StandardCharsets.UTF_8).replace("+", "%20"));
    send(exchange, 200, file.type(), file.bytes());
  }

  /** A file of the page. What stands in its text itself as a script carries a number that is drawn anew each time: no other script there runs. */
  static void asset(HttpExchange exchange, int code, String path) throws IOException {
    var asset = PageAssets.of(path);
    if (asset.isEmpty()) {
      text(exchange, code == 200 ? 404 : code, "there is no " + path);
      return;
    }
    var bytes = asset.get().bytes();
    if (asset.get().type().startsWith("text/html")) {
      var nonce = Desks.name(RANDOM);
      bytes = new String(bytes, StandardCharsets.UTF_8).replace("{{nonce}}", nonce).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'nonce-" + nonce + "'; style-src 'self' 'unsafe-inline'; "
          + "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    }
    send(exchange, code, asset.get().type(), bytes);
  }
}
