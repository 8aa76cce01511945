package nnc.runtime.data;

import java.util.List;
import java.util.Map;

/**
 * A value of a JSON text.
 *
 * @param text   of a text its letters, of a number or a truth value what stands there; empty for null, lists and objects
 * @param items  of a list
 * @param fields of an object, in their order
 * @param at     where it begins, from 0 on
 */
record JsonValue(Kind kind, String text, List<JsonValue> items, Map<String, JsonValue> fields, int at) {
  enum Kind {
    TEXT, NUMBER, TRUTH, NULL, LIST, OBJECT
  }

  /** A value that others are not in. */
  static JsonValue single(Kind kind, String text, int at) {
    return new JsonValue(kind, text, List.of(), Map.of(), at);
  }

  /**
   * What a path such as {@code a.b.0} leads to: names of fields and numbers of a list's items, from 0 on, with points between them. A name may have points
   * itself. Null if it leads nowhere.
   */
  JsonValue find(String path) {
    JsonValue found = part(path);
    for (int point = path.indexOf('.'); found == null && point >= 0; point = path.indexOf('.', point + 1)) {
      JsonValue part = part(path.substring(0, point));
      found = part == null ? null : part.find(path.substring(point + 1));
    }
    return found;
  }

  private JsonValue part(String name) {
    if (kind == Kind.LIST && name.matches("[0-9]{1,9}")) {
      int place = Integer.parseInt(name);
      return place < items.size() ? items.get(place) : null;
    }
    return fields.get(name);
  }
}
