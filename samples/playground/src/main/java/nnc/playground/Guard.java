package nnc.playground;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * Who may ask for what, of those that {@link nnc.page.LocalHost} lets in: a request carries a token that only who was told the address has. It comes with the
 * first request and is a cookie from then on, so that no address that one copies has it.
 */
final class Guard {
  static final String PARAMETER = "token";

  private final String token;
  private final int port;

  Guard(String token, int port) {
    this.token = token;
    this.port = port;
  }

  private String cookie() {
    return "nnc-playground-" + port;
  }

  /** Scripts of other sites cannot read it, and requests that they start do not carry it. */
  String setCookie() {
    return cookie() + "=" + token + "; HttpOnly; SameSite=Strict; Path=/";
  }

  /** Whether the address has the token. */
  boolean brings(HttpExchange exchange) {
    var query = exchange.getRequestURI().getRawQuery();
    return query != null && Arrays.stream(query.split("&")).anyMatch(part -> part.startsWith(PARAMETER + "=") && is(part.substring(PARAMETER.length() + 1)));
  }

  /** Whether the browser has been given the token before. */
  boolean knows(HttpExchange exchange) {
    return exchange.getRequestHeaders().getOrDefault("Cookie", List.of()).stream().flatMap(cookies -> Arrays.stream(cookies.split(";")))
        .map(String::strip).anyMatch(one -> one.startsWith(cookie() + "=") && is(one.substring(cookie().length() + 1)));
  }

  private boolean is(String given) {
    return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
  }
}
