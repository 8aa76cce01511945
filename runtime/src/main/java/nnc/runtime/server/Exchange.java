package nnc.runtime.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import nnc.runtime.base.Json;

/** A request and its answer. */
final class Exchange {
  static final String JSON = "application/json", BINARY = "application/octet-stream", HEADER_LENGTH = "Inference-Header-Content-Length";

  /** Up to so many bytes a body has room made at once that is as long as the request says; room for more grows with what comes. */
  private static final int AT_ONCE = 1 << 16;

  /** Bytes of a refused body that are taken so that the answer arrives. */
  private static final int MOST_DISCARDED = 1 << 20;

  private final HttpExchange http;
  private int status;

  Exchange(HttpExchange http) {
    this.http = http;
  }

  /** The parts of the path between its slashes. */
  List<String> path() {
    String path = http.getRequestURI().getPath();
    if (path == null) {
      return List.of("");
    }
    return List.of((path.startsWith("/") ? path.substring(1) : path).split("/", -1));
  }

  String method() {
    return http.getRequestMethod();
  }

  /** The status of the answer; 0 before there is one. */
  int status() {
    return status;
  }

  /**
   * Only these methods.
   *
   * @throws Refusal if it is another
   */
  void allow(String... methods) {
    for (String one : methods) {
      if (one.equals(method())) {
        return;
      }
    }
    http.getResponseHeaders().set("Allow", String.join(", ", methods));
    throw new Refusal(Refusal.WRONG_METHOD, method() + " is not for this address; " + String.join(" or ", methods) + " is");
  }

  // ---- what comes

  /**
   * The body of an inference.
   *
   * @throws Refusal if it is of another type, has no length, or is longer than {@code most}
   */
  byte[] body(long most) throws IOException {
    requireType();
    String told = header("Content-Length");
    boolean chunked = header("Transfer-Encoding") != null;
    if (told == null && !chunked) {
      throw new Refusal(Refusal.LENGTH_REQUIRED, "the request has no body: it tells neither Content-Length nor Transfer-Encoding");
    }
    long length = told == null || chunked ? -1 : length(told, "Content-Length");
    if (length > most) {
      throw tooLarge(most);
    }
    InputStream in = http.getRequestBody();
    byte[] body;
    if (length >= 0 && length <= AT_ONCE) {
      body = new byte[(int) length];
      if (in.readNBytes(body, 0, body.length) < body.length) {
        throw Refusal.bad("the body is shorter than Content-Length says");
      }
    } else {
      body = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8));
      if (body.length > most) {
        throw tooLarge(most);
      } else if (body.length < length) {
        throw Refusal.bad("the body is shorter than Content-Length says");
      }
    }
    return body;
  }

  private static Refusal tooLarge(long most) {
    return new Refusal(Refusal.TOO_LARGE, "the body has more than " + most + " bytes, which is the limit of this service");
  }

  private void requireType() {
    String type = header("Content-Type");
    String kind = type == null ? JSON : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    if (!kind.equals(JSON) && !kind.equals(BINARY)) {
      throw new Refusal(Refusal.WRONG_TYPE, "Content-Type is " + JSON + ", or " + BINARY + " with " + HEADER_LENGTH);
    }
    String encoding = header("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new Refusal(Refusal.WRONG_TYPE, "bodies are not compressed here: Content-Encoding is identity");
    }
  }

  /** How many bytes of a body are JSON: all, unless the request says that binary data follows. */
  int json(byte[] body) {
    String told = header(HEADER_LENGTH);
    long json = told == null ? body.length : length(told, HEADER_LENGTH);
    if (json > body.length) {
      throw Refusal.bad(HEADER_LENGTH + " is " + json + ", and the body has " + body.length + " bytes");
    }
    return (int) json;
  }

  private static long length(String text, String header) {
    try {
      long length = Long.parseLong(text.trim());
      if (length >= 0) {
        return length;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw Refusal.bad(header + " is no number of bytes");
  }

  private String header(String name) {
    return http.getRequestHeaders().getFirst(name);
  }

  // ---- what goes

  /** Sets a header of the answer. */
  void set(String header, String value) {
    http.getResponseHeaders().set(header, value);
  }

  void json(int code, String json) throws IOException {
    send(code, JSON, json.getBytes(StandardCharsets.UTF_8));
  }

  void send(InferenceResponse response) throws IOException {
    if (response.json() >= 0) {
      set(HEADER_LENGTH, Integer.toString(response.json()));
    }
    send(200, response.json() >= 0 ? BINARY : JSON, response.body());
  }

  /** Answers; of a HEAD the length alone. */
  void send(int code, String type, byte[] content) throws IOException {
    status = code;
    set("Content-Type", type);
    set("Cache-Control", "no-store");
    set("X-Content-Type-Options", "nosniff");
    if (method().equals("HEAD")) {
      set("Content-Length", Integer.toString(content.length));
      http.sendResponseHeaders(code, -1);
      return;
    }
    http.sendResponseHeaders(code, content.length == 0 ? -1 : content.length);
    if (content.length > 0) {
      http.getResponseBody().write(content);
    }
  }

  /** Takes what is left of a body that is not too long: where a connection is closed on something unread, who sends it may never see the answer. */
  private void discard() throws IOException {
    InputStream in = http.getRequestBody();
    byte[] some = new byte[1 << 13];
    int left = MOST_DISCARDED;
    for (int count = in.read(some); count > 0 && left > 0; count = in.read(some)) {
      left -= count;
    }
  }

  /** Answers what went wrong, unless an answer has begun; who sent the request may be gone. */
  void refuse(Refusal refusal) {
    if (status != 0) {
      return;
    }
    if (refusal.status() == Refusal.TOO_MANY || refusal.status() == Refusal.UNAVAILABLE) {
      set("Retry-After", "1");
    }
    try {
      discard();
      json(refusal.status(), new Json().put("error", refusal.getMessage()).toString());
    } catch (IOException e) {
      // nobody reads it
    }
  }
}
