package nnc.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, and what those who are can reach. Requests are written byte by byte: browsers would not send some of them. */
class ServerSafetyTest {
  @TempDir
  Path folder;

  private PlaygroundServer server;

  @BeforeEach
  void start() throws IOException {
    server = PlaygroundServer.start(0, ChosenProgram.NONE, folder.resolve("tables"));
  }

  @AfterEach
  void end() {
    server.close();
  }

  private String host() {
    return "127.0.0.1:" + server.port();
  }

  private String token() {
    return server.address().replaceAll(".*=", "");
  }

  /** The status line and all that follows. */
  private String ask(String method, String path, String... headers) throws IOException {
    try (var socket = new Socket("127.0.0.1", server.port())) {
      var text = method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\nContent-Length: " + (method.equals("POST") ? 2 : 0) + "\r\nConnection: close\r\n\r\n"
          + (method.equals("POST") ? "{}" : "");
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private int code(String method, String path, String... headers) throws IOException {
    return Integer.parseInt(ask(method, path, headers).split(" ")[1]);
  }

  private String cookie() {
    return "Cookie: nnc-playground-" + server.port() + "=" + token();
  }

  @Test
  void theTokenBecomesACookieThatNoScriptReads() throws IOException {
    var first = ask("GET", "/?token=" + token(), "Host: " + host());
    assertThat(first).startsWith("HTTP/1.1 303").containsIgnoringCase("Location: /\r\n").contains("HttpOnly; SameSite=Strict; Path=/");
    assertThat(ask("GET", "/", "Host: " + host(), cookie())).startsWith("HTTP/1.1 200").contains("<title>nnc playground</title>").doesNotContain(token());
  }

  @Test
  void nobodyElseIsLetIn() throws IOException {
    assertThat(ask("GET", "/", "Host: " + host())).startsWith("HTTP/1.1 403").contains("door.js").doesNotContain("main.js");
    assertThat(code("GET", "/?token=0123456789abcdef0123456789abcdef", "Host: " + host())).isEqualTo(403);
    assertThat(code("GET", "/?token=", "Host: " + host())).isEqualTo(403);
    assertThat(code("GET", "/main.js", "Host: " + host())).isEqualTo(403);
    assertThat(code("POST", "/api/desk", "Host: " + host(), "Origin: http://" + host())).isEqualTo(403);
    assertThat(code("POST", "/api/desk", "Host: " + host(), "Origin: http://" + host(), "Cookie: nnc-playground-" + server.port() + "=")).isEqualTo(403);
  }

  /** A name that leads here by another site's will (DNS rebinding) is not this host, though the cookie were sent. */
  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "127.0.0.1.evil.example", ""})
  void otherHostsAreRefused(String name) throws IOException {
    assertThat(code("GET", "/", "Host: " + name, cookie())).isIn(400, 421);
    assertThat(code("POST", "/api/desk", "Host: " + name, "Origin: http://" + name, cookie())).isIn(400, 421);
  }

  @Test
  void otherOriginsAreRefused() throws IOException {
    for (var origin : List.of("http://evil.example", "null", "https://" + host(), "http://127.0.0.1:1", "http://localhost:" + server.port())) {
      assertThat(code("POST", "/api/desk", "Host: " + host(), "Origin: " + origin, cookie())).as(origin).isEqualTo(403);
      assertThat(code("GET", "/api/download?kind=nn", "Host: " + host(), "Origin: " + origin, cookie())).as(origin).isEqualTo(403);
    }
    assertThat(code("POST", "/api/desk", "Host: " + host(), cookie())).as("a change without an origin").isEqualTo(403);
    assertThat(code("GET", "/main.js", "Host: " + host(), "Sec-Fetch-Site: cross-site", cookie())).isEqualTo(403);
    assertThat(code("POST", "/api/desk", "Host: " + host(), "Origin: http://" + host(), "Sec-Fetch-Site: cross-site", cookie())).isEqualTo(403);
    assertThat(code("POST", "/api/desk", "Host: " + host(), "Origin: http://" + host(), "Sec-Fetch-Site: same-origin", cookie())).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/../door.html", "/%2e%2e/door.html", "/lib/../main.js", "/lib/nothing.js", "//etc/passwd", "/PageAssets.class", "/..%2f..%2fpom.xml", "/lib/%2e%2e%2fmain.js"})
  void onlyTheListsFilesAreThere(String path) throws IOException {
    assertThat(code("GET", path, "Host: " + host(), cookie())).isIn(400, 404);
  }

  /** Whatever the page and its modules import is served: a library of another version lies elsewhere in its jar. */
  @Test
  void allThatThePageNeedsIsThere() throws Exception {
    try (var page = new PageClient(server)) {
      var left = new java.util.ArrayDeque<>(List.of("/"));
      var seen = new java.util.HashSet<>(left);
      while (!left.isEmpty()) {
        var path = left.remove();
        var answer = page.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        if (!path.startsWith("/lib/")) {
          java.util.regex.Pattern.compile("[\"'](?:\\.?)(/[A-Za-z0-9/-]+\\.(?:js|css|svg))[\"']").matcher(answer.body()).results().map(match -> match.group(1)).filter(seen::add).forEach(left::add);
        }
      }
      assertThat(seen).contains("/main.js", "/network.js", "/lib/uPlot.js", "/lib/codemirror-view.js", "/base.css").hasSizeGreaterThan(30);
    }
  }

  @Test
  void scriptsOfOthersDoNotRunOnThePage() throws IOException {
    var page = ask("GET", "/", "Host: " + host(), cookie());
    assertThat(page).containsPattern("(?i)content-security-policy: default-src 'none'; script-src 'self' 'nonce-[0-9a-f]{32}'").containsIgnoringCase("X-Frame-Options: DENY")
        .containsPattern("nonce=\"[0-9a-f]{32}\"").doesNotContain("{{nonce}}");
  }

  // ---- what a page can reach

  private static String reading(String source) {
    return """
        input point: float[N, 2]
        target label: float[N]
        guess = point |> dense(1) |> squeeze(1)
        output guess
        loss mse(guess, label)
        data { train = %s }
        train { optimizer = sgd(0.1)  batch = 2 }
        """.formatted(source);
  }

  @Test
  void programsReadNoFilesOfTheUsers() throws Exception {
    var secret = Files.writeString(folder.resolve("secret.csv"), "x,y,label\n1,2,3\n4,5,6\n");
    try (var page = new PageClient(server)) {
      for (var source : List.of("csv(\"" + secret + "\", point = [\"x\", \"y\"])", "csv(\"../secret.csv\", point = [\"x\", \"y\"])", "npz(\"/etc/hosts\")", "images(\"/\")",
          "mnist(\"train\")", "split(csv(\"" + secret + "\"), 0.5)", "zip(circle(10), csv(\"" + secret + "\"))")) {
        var answer = page.load(reading(source));
        assertThat(answer.get("loaded").getAsBoolean()).as(source).isFalse();
        assertThat(answer.toString()).as(source).doesNotContain("4,5,6");
      }
      Files.writeString(folder.resolve("other.nn"), "const secret = \"told\"\nthis is no program");
      for (var path : List.of(folder.resolve("other.nn").toString(), "../other.nn", "/etc/passwd")) {
        var answer = page.load("import \"" + path + "\"\n" + reading("circle(20)"));
        assertThat(answer.get("loaded").getAsBoolean()).isFalse();
        assertThat(answer.toString()).contains("may not be imported here").doesNotContain("told", "root:");
      }
      assertThat(page.load(reading("circle(20)")).get("loaded").getAsBoolean()).isTrue();
    }
  }

  @Test
  void tablesHaveNamesAndNoPaths() throws Exception {
    try (var page = new PageClient(server)) {
      for (var name : List.of("../x.csv", "x.nn", "a/b.csv", ".csv", "..%2fx.csv", "")) {
        assertThat(page.upload(name, "x,y,label\n1,2,3\n4,5,6\n").toString()).as(name).contains("a table is called by letters");
      }
      assertThat(page.upload("fine.csv", "x,y,label\n1,2,3\n4,5,6\n").get("rows").getAsInt()).isEqualTo(2);
      assertThat(page.load(reading("csv(\"fine.csv\", point = [\"x\", \"y\"])")).get("loaded").getAsBoolean()).isTrue();
    }
    try (var other = new PageClient(server)) {
      assertThat(other.load(reading("csv(\"fine.csv\", point = [\"x\", \"y\"])")).get("loaded").getAsBoolean()).as("a table of another page").isFalse();
    }
  }

  @Test
  void whatTheChosenProgramReadsItsTextsMayReadToo() throws Exception {
    Files.writeString(folder.resolve("points.csv"), "a,b,label\n1,2,0\n4,5,1\n0,2,0\n4,1,1\n");
    Files.writeString(folder.resolve("parts.nn"), "fn double(x) = 2 * x\n");
    var file = Files.writeString(folder.resolve("own.nn"), "import \"parts.nn\"\n" + reading("csv(\"points.csv\", point = [\"a\", \"b\"])"));
    try (var own = PlaygroundServer.start(0, ChosenProgram.of(file), folder.resolve("tables")); var page = new PageClient(own)) {
      assertThat(page.load(Files.readString(file)).get("loaded").getAsBoolean()).isTrue();
      assertThat(page.load(Files.readString(file).replace("dense(1)", "dense(3, tanh) |> dense(1)")).get("loaded").getAsBoolean()).isTrue();
      assertThat(page.load(Files.readString(file).replace("points.csv", "own.nn")).get("loaded").getAsBoolean()).isFalse();
      assertThat(page.load(Files.readString(file).replace("parts.nn", "points.csv")).toString()).contains("may not be imported here");
    }
  }

  // ---- limits

  @Test
  void tooMuchIsRefused() throws Exception {
    try (var page = new PageClient(server)) {
      assertThat(page.load("# " + "x".repeat(ChosenProgram.LARGEST)).toString()).contains("longer than");
      assertThat(page.send("/api/program?desk=" + page.desk, "x".repeat((1 << 20) + 1)).body()).contains("more than 1 MB");
      assertThat(page.send("/api/program?desk=" + page.desk, "no json").body()).contains("no JSON object");
      assertThat(page.post("play", Map.of("speed", 1)).toString()).contains("no program has been loaded yet");
      assertThat(page.load(reading("circle(20)").replace("dense(1)", "dense(2000) |> dense(2000) |> dense(1)")).toString()).contains("weights, and the playground takes up to");
      for (var body : List.of("{\"settings\": {}}", "{\"settings\": []}", "{\"settings\": {\"data\": 1}}", "{\"text\": \"x\", \"changes\": [1]}", "[]", "{\"text\": {}}")) {
        var answer = page.send("/api/program?desk=" + page.desk, body);
        assertThat(answer.statusCode()).as(body).isEqualTo(400);
        assertThat(answer.body()).as(body).contains("\"message\"");
      }
      var idle = com.google.gson.JsonParser.parseString(page.send("/api/desk", "{}").body()).getAsJsonObject().get("desk").getAsString();
      for (int i = 0; i < Desks.MOST; i++) {
        page.send("/api/desk", "{}");
      }
      assertThat(page.send("/api/pause?desk=" + idle, "{}").body()).as("the desk that was heard of longest ago").contains("forgotten");
    }
  }
}
