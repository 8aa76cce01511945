package nnc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON for tests: objects as maps, arrays as lists, numbers as doubles. Throws on anything that is not JSON. */
public final class JsonReader {
  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  public static Object read(String text) {
    var json = new JsonReader(text);
    var value = json.value();
    json.space();
    json.require(json.at == text.length(), "end");
    return value;
  }

  private Object value() {
    space();
    require(at < text.length(), "a value");
    return switch (text.charAt(at)) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    var object = new LinkedHashMap<String, Object>();
    at++;
    while (more('}', object.isEmpty())) {
      space();
      var key = string();
      space();
      require(text.charAt(at++) == ':', ":");
      require(!object.containsKey(key), "each key once: " + key);
      object.put(key, value());
    }
    return object;
  }

  private List<Object> array() {
    var array = new ArrayList<Object>();
    at++;
    while (more(']', array.isEmpty())) {
      array.add(value());
    }
    return array;
  }

  private boolean more(char end, boolean first) {
    space();
    require(at < text.length(), "" + end);
    if (text.charAt(at) == end) {
      at++;
      return false;
    }
    if (!first) {
      require(text.charAt(at++) == ',', ",");
    }
    return true;
  }

  private String string() {
    require(at < text.length() && text.charAt(at) == '"', "\"");
    var out = new StringBuilder();
    for (at++; text.charAt(at) != '"'; at++) {
      char c = text.charAt(at);
      require(c >= ' ', "an escape");
      if (c != '\\') {
        out.append(c);
        continue;
      }
      switch (text.charAt(++at)) {
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case 'r' -> out.append('\r');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'u' -> {
          out.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
          at += 4;
        }
        case '"', '\\', '/' -> out.append(text.charAt(at));
        default -> require(false, "an escape");
      }
    }
    at++;
    return out.toString();
  }

  private Object word(String word, Object value) {
    require(text.startsWith(word, at), word);
    at += word.length();
    return value;
  }

  private Double number() {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    require(at > start, "a value");
    return Double.valueOf(text.substring(start, at));
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void require(boolean holds, String wanted) {
    if (!holds) {
      throw new IllegalArgumentException(wanted + " is expected at " + at + " of: " + text);
    }
  }
}
