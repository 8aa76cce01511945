package nnc.runtime.base;

import java.util.List;

/** Writes one JSON object a line. */
public final class Json {
  private final StringBuilder text = new StringBuilder("{");

  public Json put(String key, String value) {
    key(key);
    quote(value);
    return this;
  }

  /** A number; what JSON has no number for (NaN, infinity) becomes null. */
  public Json put(String key, double value) {
    key(key);
    number(value);
    return this;
  }

  public Json put(String key, long value) {
    key(key);
    text.append(value);
    return this;
  }

  public Json put(String key, boolean value) {
    key(key);
    text.append(value);
    return this;
  }

  Json put(String key, double[] values) {
    key(key);
    text.append('[');
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",");
      number(values[i]);
    }
    text.append(']');
    return this;
  }

  /** Lists in lists, as many as the shape has axes. */
  public Json put(String key, int[] shape, double[] values) {
    key(key);
    list(shape, 0, values, 0, values.length);
    return this;
  }

  private void list(int[] shape, int axis, double[] values, int from, int count) {
    if (axis == shape.length) {
      number(values[from]);
      return;
    }
    text.append('[');
    for (int i = 0; i < shape[axis]; i++) {
      text.append(i == 0 ? "" : ",");
      list(shape, axis + 1, values, from + i * (count / shape[axis]), count / shape[axis]);
    }
    text.append(']');
  }

  public Json put(String key, List<String> values) {
    key(key);
    text.append('[');
    for (int i = 0; i < values.size(); i++) {
      text.append(i == 0 ? "" : ",");
      quote(values.get(i));
    }
    text.append(']');
    return this;
  }

  /** An object or array that is JSON already. */
  public Json raw(String key, String json) {
    key(key);
    text.append(json);
    return this;
  }

  private void number(double value) {
    if (Double.isFinite(value)) {
      text.append(value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value));
    } else {
      text.append("null");
    }
  }

  private void key(String key) {
    if (text.length() > 1) {
      text.append(',');
    }
    quote(key);
    text.append(':');
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c >= ' ') {
        text.append(c);
      } else {
        text.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
      }
    }
    text.append('"');
  }

  /** The object. */
  @Override
  public String toString() {
    return text + "}";
  }
}
