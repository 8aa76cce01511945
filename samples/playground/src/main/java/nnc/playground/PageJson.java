package nnc.playground;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nnc.runtime.base.Fault;
import nnc.source.Diagnostics;
import nnc.source.Span;

/** What the page and the server tell each other, as JSON. */
final class PageJson {
  private static final Gson GSON = new Gson();
  private static final int MOST_CHANGES = 1000;

  private PageJson() {}

  /**
   * An object that the page has sent.
   *
   * @throws Fault if the text is none
   */
  static JsonObject read(String text) {
    try {
      return JsonParser.parseString(text).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new Fault("what was sent is no JSON object", "", e);
    }
  }

  static String string(JsonObject object, String key) {
    var element = object.get(key);
    if (element == null || !element.isJsonPrimitive()) {
      throw new Fault("what was sent has no " + key);
    }
    return element.getAsString();
  }

  static double number(JsonObject object, String key) {
    try {
      return Double.parseDouble(string(object, key));
    } catch (NumberFormatException e) {
      throw new Fault(key + " is no number", "", e);
    }
  }

  static int whole(JsonObject object, String key) {
    double value = number(object, key);
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      throw new Fault(key + " is no whole number");
    }
    return (int) value;
  }

  // ---- settings

  static JsonElement settings(PageSettings settings) {
    return GSON.toJsonTree(settings);
  }

  /**
   * What the page's controls say.
   *
   * @throws Fault if something is missing or out of its range
   */
  static PageSettings settings(JsonElement json) {
    try {
      var settings = GSON.fromJson(json, PageSettings.class);
      if (settings == null || settings.data() == null || settings.learning() == null) {
        throw new Fault("the settings are not complete");
      }
      return settings;
    } catch (JsonParseException | NullPointerException e) {
      throw new Fault("the settings are not complete", "", e);
    } catch (RuntimeException e) {
      // what a record's constructor throws comes wrapped
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof Fault fault) {
          throw fault;
        }
      }
      throw new Fault("the settings are not complete", "", e);
    }
  }

  // ---- changes

  static JsonObject changes(List<Change> changes) {
    var list = new JsonArray();
    for (var change : changes) {
      var one = new JsonObject();
      one.addProperty("step", change.step());
      switch (change) {
        case Change.Rate(_, var rate) -> one.addProperty("rate", rate);
        case Change.Edit(_, var path, var index, var value) -> {
          one.addProperty("path", path);
          one.addProperty("index", index);
          one.addProperty("value", value);
        }
      }
      list.add(one);
    }
    var json = new JsonObject();
    json.add("changes", list);
    return json;
  }

  /** The changes that a link has; none if there is no such list. */
  static List<Change> changes(JsonElement list) {
    if (list == null || !list.isJsonArray()) {
      return List.of();
    }
    if (list.getAsJsonArray().size() > MOST_CHANGES) {
      throw new Fault("a link has up to " + MOST_CHANGES + " changes");
    }
    var changes = new ArrayList<Change>();
    for (var element : list.getAsJsonArray()) {
      if (!element.isJsonObject()) {
        throw new Fault("a change is an object");
      }
      changes.add(change(element.getAsJsonObject()));
    }
    return changes;
  }

  /** One change; its step is 0 if it has none. */
  static Change change(JsonObject one) {
    int step = one.has("step") ? Math.max(0, whole(one, "step")) : 0;
    if (one.has("rate")) {
      double rate = number(one, "rate");
      if (!(rate > 0 && rate <= 1000)) {
        throw new Fault("a rate is above 0 and at most 1000");
      }
      return new Change.Rate(step, rate);
    }
    return new Change.Edit(step, string(one, "path"), whole(one, "index"), number(one, "value"));
  }

  // ---- what a program is

  /** Faults and warnings of the text itself, at their places; those of imported files without. */
  static JsonArray diagnostics(Diagnostics diagnostics, String file) {
    var list = new JsonArray();
    for (var fault : diagnostics.faults()) {
      var one = new JsonObject();
      one.addProperty("severity", fault.severity().toString());
      one.addProperty("message", fault.message());
      var more = new ArrayList<String>();
      fault.notes().forEach(note -> more.add(note.text()));
      fault.hints().forEach(hint -> more.add("hint: " + hint));
      one.addProperty("more", String.join("\n", more));
      if (!fault.span().equals(Span.NONE) && fault.span().file().equals(file)) {
        one.addProperty("line", fault.span().line());
        one.addProperty("column", fault.span().column());
        one.addProperty("endLine", fault.span().endLine());
        one.addProperty("endColumn", fault.span().endColumn());
      }
      list.add(one);
    }
    return list;
  }

  static JsonObject network(PointProgram program, PointData data, FrameMaker frames) {
    var json = new JsonObject();
    json.addProperty("input", program.input());
    json.addProperty("fine", FrameMaker.FINE);
    json.addProperty("coarse", FrameMaker.COARSE);
    json.add("plane", GSON.toJsonTree(frames.plane()));
    json.add("scale", GSON.toJsonTree(frames.scale()));
    json.add("output", shown(program.output()));
    json.addProperty("tellsClasses", program.tellsClasses());
    json.add("classes", data.classesJson());
    json.addProperty("low", data.low());
    json.addProperty("high", data.high());
    var values = new JsonArray();
    program.values().forEach(value -> values.add(shown(value)));
    json.add("values", values);
    var parameters = new JsonArray();
    for (var weight : program.parameters()) {
      var one = new JsonObject();
      one.addProperty("path", weight.path());
      one.add("shape", GSON.toJsonTree(weight.shape()));
      parameters.add(one);
    }
    json.add("parameters", parameters);
    json.add("data", data.json());
    return json;
  }

  private static JsonObject shown(PointProgram.Shown value) {
    var json = new JsonObject();
    json.addProperty("name", value.name());
    json.addProperty("units", value.units());
    json.addProperty("whole", value.whole());
    json.addProperty("from", value.from());
    put(json, "matrix", value.matrix());
    put(json, "bias", value.bias());
    return json;
  }

  private static void put(JsonObject json, String key, Optional<String> value) {
    value.ifPresent(text -> json.addProperty(key, text));
  }

  static JsonObject table(String name, CsvTables.Shape shape) {
    var json = new JsonObject();
    json.addProperty("file", name);
    json.addProperty("rows", shape.rows());
    json.add("columns", GSON.toJsonTree(shape.columns()));
    return json;
  }
}
