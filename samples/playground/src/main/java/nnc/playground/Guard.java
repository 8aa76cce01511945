package nnc.playground;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Who may ask for what. The server listens on this machine's own address alone, but any page of any site that is open in a browser here could send it requests:
 * so each has to name this host (a foreign name that leads here is refused), must not come from another origin, and carries a token that only who was told the
 * address has. The token comes with the first request and is a cookie from then on, so that no address that one copies has it.
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

  /** Whether the request is meant for this host. */
  boolean isForHere(HttpExchange exchange) {
    var hosts = exchange.getRequestHeaders().getOrDefault("Host", List.of());
    return hosts.size() == 1 && Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port).contains(hosts.getFirst());
  }

  /** Whether the request was started by a page of this server, or by the user; one that changes something says so by its origin. */
  boolean isOwn(HttpExchange exchange) {
    var headers = exchange.getRequestHeaders();
    var origin = headers.getFirst("Origin");
    var site = headers.getFirst("Sec-Fetch-Site");
    boolean changes = !exchange.getRequestMethod().equals("GET");
    return (origin == null ? !changes : origin.equals("http://" + headers.getFirst("Host"))) && (site == null || Set.of("same-origin", "none").contains(site));
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
