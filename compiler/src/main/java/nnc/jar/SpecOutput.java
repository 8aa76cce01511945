package nnc.jar;

import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.spec.ModelSpec.Poly;

/** What the records of a specification are made of: numbers, texts, polynomials, lists of them. */
final class SpecOutput {
  private final DataOutput out;
  private final Map<String, Integer> texts = new HashMap<>();

  SpecOutput(DataOutput out) {
    this.out = out;
  }

  void flag(boolean value) throws IOException {
    out.writeBoolean(value);
  }

  void decimal(double value) throws IOException {
    out.writeDouble(value);
  }

  /** Writes an element of a list. */
  interface Element<T> {
    void write(T value) throws IOException;
  }

  /** How many there are, and each. */
  <T> void list(Collection<T> values, Element<? super T> element) throws IOException {
    number(values.size());
    for (var value : values) {
      element.write(value);
    }
  }

  void polys(List<Poly> polys) throws IOException {
    list(polys, this::poly);
  }

  void poly(Poly poly) throws IOException {
    number(poly.factors().size());
    for (int i = 0; i < poly.factors().size(); i++) {
      number(poly.factors().get(i));
      ints(poly.places().get(i));
    }
  }

  void ints(List<Integer> values) throws IOException {
    list(values, value -> number(value));
  }

  void texts(List<String> values) throws IOException {
    list(values, this::text);
  }

  void text(String text) throws IOException {
    Integer place = texts.putIfAbsent(text, texts.size());
    number(place == null ? texts.size() - 1 : place);
    if (place == null) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      number(bytes.length);
      out.write(bytes);
    }
  }

  void number(long value) throws IOException {
    long rest = value << 1 ^ value >> 63;
    while ((rest & ~0x7fL) != 0) {
      out.writeByte((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }
}
