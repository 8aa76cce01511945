package nnc.runtime.spec;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import nnc.runtime.spec.ModelSpec.Poly;

/** What the records of a {@link SpecFile} are made of: numbers, texts, polynomials, lists of them. */
final class SpecInput {
  private final DataInputStream in;
  private final List<String> texts = new ArrayList<>();

  SpecInput(DataInputStream in) {
    this.in = in;
  }

  boolean flag() throws IOException {
    return in.readBoolean();
  }

  double decimal() throws IOException {
    return in.readDouble();
  }

  List<Double> decimals() throws IOException {
    double[] values = new double[count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readDouble();
    }
    return new Doubles(values);
  }

  List<Poly> polys() throws IOException {
    int count = count();
    List<Poly> polys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      polys.add(poly());
    }
    return polys;
  }

  Poly poly() throws IOException {
    int count = count();
    if (count == 0) {
      return new Poly(List.of(), List.of());
    }
    if (count == 1) {
      return new Poly(List.of(number()), List.of(ints()));
    }
    List<Long> factors = new ArrayList<>(count);
    List<List<Integer>> places = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      factors.add(number());
      places.add(ints());
    }
    return new Poly(factors, places);
  }

  List<Integer> ints() throws IOException {
    int count = count();
    if (count == 0) {
      return List.of();
    }
    List<Integer> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(integer());
    }
    return values;
  }

  List<String> texts() throws IOException {
    int count = count();
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(text());
    }
    return values;
  }

  String text() throws IOException {
    int place = integer();
    if (place == texts.size()) {
      byte[] bytes = new byte[count()];
      in.readFully(bytes);
      texts.add(new String(bytes, StandardCharsets.UTF_8));
    }
    return texts.get(place);
  }

  /** How many of something follow: no more than there are bytes. */
  int count() throws IOException {
    long count = number();
    if (count < 0 || count > in.available()) {
      throw new IllegalStateException(count + " of something in " + in.available() + " bytes");
    }
    return (int) count;
  }

  int integer() throws IOException {
    return (int) number();
  }

  long number() throws IOException {
    long rest = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = in.readByte();
      rest |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return rest >>> 1 ^ -(rest & 1);
      }
    }
    throw new IllegalStateException("a number longer than 64 bits");
  }

  /** Many numbers without an object each: a table's values. */
  private static final class Doubles extends AbstractList<Double> implements RandomAccess {
    private final double[] values;

    Doubles(double[] values) {
      this.values = values;
    }

    @Override
    public Double get(int index) {
      return values[index];
    }

    @Override
    public int size() {
      return values.length;
    }
  }
}
