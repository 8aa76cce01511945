package nnc.runtime.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Names;
import nnc.runtime.data.JsonValue.Kind;

/** Reads a JSON text (RFC 8259). */
final class JsonParser {
  /** Lists and objects in each other. */
  private static final int DEEPEST = 100;

  private static final int END = -1;

  private final String text;
  private int at;
  private int depth;

  private JsonParser(String text) {
    this.text = text;
  }

  /** What is wrong with a text, and where. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;
    private final int at;

    Wrong(String message, int at) {
      super(message);
      this.at = at;
    }

    /** From 0 on. */
    int at() {
      return at;
    }
  }

  /** The value that a text is. */
  static JsonValue parse(String text) throws Wrong {
    var parser = new JsonParser(text);
    JsonValue value = parser.value();
    if (parser.peek() != END) {
      throw new Wrong("more than one value", parser.at);
    }
    return value;
  }

  /** The next character that is no space. */
  private int peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : END;
  }

  private void take(char wanted) throws Wrong {
    if (peek() != wanted) {
      throw new Wrong("'" + wanted + "' is expected", at);
    }
    at++;
  }

  private JsonValue value() throws Wrong {
    int c = peek();
    int from = at;
    return switch (c) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> JsonValue.single(Kind.TEXT, quoted(), from);
      case 't' -> word("true", Kind.TRUTH);
      case 'f' -> word("false", Kind.TRUTH);
      case 'n' -> word("null", Kind.NULL);
      default -> number();
    };
  }

  private JsonValue word(String word, Kind kind) throws Wrong {
    int from = at;
    if (!text.startsWith(word, at)) {
      throw new Wrong("no JSON value", at);
    }
    at += word.length();
    return JsonValue.single(kind, kind == Kind.NULL ? "" : word, from);
  }

  private JsonValue number() throws Wrong {
    int from = at;
    passed("-");
    int whole = digits();
    boolean fine = whole == 1 || whole > 1 && text.charAt(at - whole) != '0';
    if (passed(".")) {
      fine &= digits() > 0;
    }
    if (passed("eE")) {
      passed("+-");
      fine &= digits() > 0;
    }
    if (!fine) {
      throw new Wrong(at == from ? "no JSON value" : "'" + Cells.shortened(text.substring(from, at)) + "' is no JSON number", from);
    }
    return JsonValue.single(Kind.NUMBER, text.substring(from, at), from);
  }

  /** Passes over the next character if it is one of these. */
  private boolean passed(String characters) {
    boolean is = at < text.length() && characters.indexOf(text.charAt(at)) >= 0;
    at += is ? 1 : 0;
    return is;
  }

  /** Passes over digits; gives how many. */
  private int digits() {
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - from;
  }

  private int begin() throws Wrong {
    if (++depth > DEEPEST) {
      throw new Wrong("more than " + DEEPEST + " lists and objects in each other", at);
    }
    return at++;
  }

  private JsonValue list() throws Wrong {
    int from = begin();
    List<JsonValue> items = new ArrayList<>();
    while (peek() != ']' || !items.isEmpty()) {
      items.add(value());
      if (peek() == ']') {
        break;
      }
      take(',');
    }
    at++;
    depth--;
    return new JsonValue(Kind.LIST, "", items, Map.of(), from);
  }

  private JsonValue object() throws Wrong {
    int from = begin();
    Map<String, JsonValue> fields = new LinkedHashMap<>();
    while (peek() != '}' || !fields.isEmpty()) {
      if (peek() != '"') {
        throw new Wrong("a field's name in quotes is expected", at);
      }
      int place = at;
      String name = Names.composed(quoted());
      take(':');
      if (fields.putIfAbsent(name, value()) != null) {
        throw new Wrong("two fields are called " + Cells.shortened(name), place);
      }
      if (peek() == '}') {
        break;
      }
      take(',');
    }
    at++;
    depth--;
    return new JsonValue(Kind.OBJECT, "", List.of(), fields, from);
  }

  private String quoted() throws Wrong {
    var letters = new StringBuilder();
    int from = at++;
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw new Wrong("a control character within quotes", at - 1);
      }
      letters.append(c == '\\' ? escaped() : c);
    }
    if (at == text.length()) {
      throw new Wrong("the quoted text has no end", from);
    }
    at++;
    return letters.toString();
  }

  private char escaped() throws Wrong {
    int place = at < text.length() ? "\"\\/bfnrt".indexOf(text.charAt(at)) : END;
    if (place >= 0) {
      at++;
      return "\"\\/\b\f\n\r\t".charAt(place);
    }
    if (at + 5 <= text.length() && text.substring(at, at + 5).matches("u[0-9a-fA-F]{4}")) {
      at += 5;
      return (char) Integer.parseInt(text.substring(at - 4, at), 16);
    }
    throw new Wrong("what follows the backslash is not known", at);
  }
}
