package nnc.playground;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import nnc.driver.FaultyProgram;
import nnc.page.Answers;
import nnc.page.PageFile;
import nnc.runtime.base.Fault;

/** What a page that is let in asks for. */
final class PageRequests {
  private static final int LARGEST = 1 << 20;
  private static final double FASTEST = 1e7;
  private static final int MOST_STEPS_AT_ONCE = 10_000_000;

  private final Desks desks;
  private final ChosenProgram chosen;

  PageRequests(Desks desks, ChosenProgram chosen) {
    this.desks = desks;
    this.chosen = chosen;
  }

  void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    try {
      if (!path.startsWith("/api/")) {
        page(exchange, path);
      } else if (exchange.getRequestMethod().equals("GET")) {
        get(exchange, path.substring(5), parameters(exchange));
      } else if (exchange.getRequestMethod().equals("POST")) {
        Answers.json(exchange, 200, post(exchange, path.substring(5), parameters(exchange)).toString());
      } else {
        Answers.text(exchange, 405, "only GET and POST");
      }
    } catch (Fault e) {
      var json = new JsonObject();
      json.addProperty("message", Experiment.said(e));
      Answers.json(exchange, 400, json.toString());
    } catch (FaultyProgram e) {
      var json = new JsonObject();
      json.addProperty("message", "the program has faults");
      Answers.json(exchange, 400, json.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void page(HttpExchange exchange, String path) throws IOException {
    if (exchange.getRequestMethod().equals("GET")) {
      Answers.file(exchange, 200, PageAssets.of(path.equals("/") ? "/index.html" : path));
    } else {
      Answers.text(exchange, 405, "only GET");
    }
  }

  private void get(HttpExchange exchange, String what, Map<String, String> parameters) throws IOException, FaultyProgram {
    var desk = desks.find(parameters.getOrDefault("desk", ""));
    switch (what) {
      case "events" -> desk.events().serve(exchange, desk::seen);
      case "download" -> download(exchange, desk.download(parameters.getOrDefault("kind", "")));
      default -> Answers.text(exchange, 404, "there is no " + what);
    }
  }

  private static void download(HttpExchange exchange, Desk.Downloaded file) throws IOException {
    exchange.getResponseHeaders().set("Content-Disposition", "attachment; filename*=UTF-8''" + URLEncoder.encode(file.name(), StandardCharsets.UTF_8).replace("+", "%20"));
    Answers.bytes(exchange, 200, new PageFile(file.type(), file.bytes()));
  }

  private JsonObject post(HttpExchange exchange, String what, Map<String, String> parameters) throws IOException, InterruptedException {
    if (what.equals("desk")) {
      return open();
    }
    var desk = desks.find(parameters.getOrDefault("desk", ""));
    if (what.equals("table")) {
      return desk.upload(parameters.getOrDefault("name", ""), body(exchange, CsvTables.LARGEST));
    }
    return post(desk, what, PageJson.read(new String(body(exchange, LARGEST), StandardCharsets.UTF_8)));
  }

  private JsonObject open() {
    var json = new JsonObject();
    json.addProperty("desk", desks.create());
    json.addProperty("name", chosen.name());
    if (chosen.isThere()) {
      json.addProperty("text", chosen.text());
    }
    json.add("settings", PageJson.settings(PageSettings.first()));
    return json;
  }

  private static JsonObject post(Desk desk, String what, JsonObject said) throws InterruptedException {
    var done = new JsonObject();
    switch (what) {
      case "program" -> {
        var text = said.has("settings") ? ProgramWriter.write(PageJson.settings(said.get("settings"))) : PageJson.string(said, "text");
        return desk.load(text, PageJson.changes(said.get("changes")));
      }
      case "play" -> desk.experiment().play(Math.min(FASTEST, Math.max(0, PageJson.number(said, "speed"))));
      case "pause" -> desk.experiment().pause();
      case "epoch" -> desk.experiment().epoch();
      case "steps" -> desk.experiment().steps(Math.max(1, Math.min(MOST_STEPS_AT_ONCE, PageJson.whole(said, "count"))));
      case "change" -> {
        var change = PageJson.change(said);
        desk.experiment().change(_ -> change);
      }
      case "frame" -> desk.wants(new FrameMaker.Wish(said.has("value") ? PageJson.string(said, "value") : "", said.has("unit") ? PageJson.whole(said, "unit") : 0,
          said.has("gradients") && said.get("gradients").getAsBoolean()));
      case "tour" -> {
        return desk.tour(PageJson.string(said, "part"), PageJson.whole(said, "example"));
      }
      case "history" -> {
        return desk.history();
      }
      default -> throw new Fault("there is no request " + what);
    }
    return done;
  }

  /** @param largest bytes */
  private static byte[] body(HttpExchange exchange, int largest) throws IOException {
    var bytes = exchange.getRequestBody().readNBytes(largest + 1);
    if (bytes.length > largest) {
      throw new Fault("more than " + (largest >> 20) + " MB were sent");
    }
    return bytes;
  }

  private static Map<String, String> parameters(HttpExchange exchange) {
    Map<String, String> parameters = new LinkedHashMap<>();
    var query = exchange.getRequestURI().getRawQuery();
    for (var part : query == null ? new String[0] : query.split("&")) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        parameters.put(part.substring(0, equals), URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return parameters;
  }
}
