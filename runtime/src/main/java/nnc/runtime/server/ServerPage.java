package nnc.runtime.server;

import java.io.IOException;
import java.io.InputStream;

/** A file of the page that shows what the models take, and tries one. It uses nothing but what this server has. */
record ServerPage(String type, String file) {
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** The file of a path; null if there is none. */
  static ServerPage of(String path) {
    return switch (path) {
      case "" -> new ServerPage("text/html; charset=utf-8", "page.html");
      case "page.css" -> new ServerPage("text/css; charset=utf-8", "page.css");
      case "page.js" -> new ServerPage("text/javascript; charset=utf-8", "page.js");
      default -> null;
    };
  }

  void send(Exchange exchange) throws IOException {
    try (InputStream in = ServerPage.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new Refusal(Refusal.NOT_FOUND, "the page is not in this jar");
      }
      exchange.set("Content-Security-Policy", POLICY);
      exchange.set("Referrer-Policy", "no-referrer");
      exchange.send(200, type, in.readAllBytes());
    }
  }
}
