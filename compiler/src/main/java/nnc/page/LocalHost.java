package nnc.page;

import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A server of this machine alone. It listens on the machine's own address, yet any page of any site that is open in a browser here could send it requests: so each
 * has to name this host (a foreign name that leads here is refused), and must not come from another origin.
 */
public record LocalHost(int port) {
  /** Whether the request is meant for this host. */
  public boolean isMeantBy(HttpExchange exchange) {
    var hosts = exchange.getRequestHeaders().getOrDefault("Host", List.of());
    return hosts.size() == 1 && Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port).contains(hosts.getFirst().toLowerCase(Locale.ROOT));
  }

  /** Whether the request was started by a page of this server, or by the user; one that changes something says so by its origin. */
  public boolean isOriginOf(HttpExchange exchange) {
    var headers = exchange.getRequestHeaders();
    var origin = headers.getFirst("Origin");
    var site = headers.getFirst("Sec-Fetch-Site");
    boolean changes = !exchange.getRequestMethod().equals("GET");
    return (origin == null ? !changes : origin.equals("http://" + headers.getFirst("Host"))) && (site == null || Set.of("same-origin", "none").contains(site));
  }
}
