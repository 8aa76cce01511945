package nnc.weights;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;

/**
 * What a safetensors file says of its arrays: a JSON object with an element type, a shape, and from where to where the bytes are, for each by name.
 *
 * @param arrays in the order of the header
 */
record SafetensorsHeader(Map<String, Entry> arrays) {
  /** An array: its bytes begin so far behind the header, and end there. */
  record Entry(StoredType type, int[] shape, long begin, long end) {
    long bytes() {
      return end - begin;
    }
  }

  private static final String METADATA = "__metadata__";

  /**
   * A header, checked against what there is.
   *
   * @param data   bytes behind it
   * @param origin names the file in messages
   * @throws Fault if it is no header, or speaks of bytes that are not there, or twice of some
   */
  static SafetensorsHeader read(String text, long data, String origin) {
    var arrays = new LinkedHashMap<String, Entry>();
    try (var json = new JsonReader(new StringReader(text))) {
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      while (json.hasNext()) {
        var name = json.nextName();
        if (name.equals(METADATA)) {
          json.skipValue();
        } else if (arrays.put(name, entry(json, origin + ": array " + name)) != null) {
          throw new Fault(origin + ": two arrays are called " + name);
        }
      }
      json.endObject();
      if (json.peek() != JsonToken.END_DOCUMENT) {
        throw new Fault(origin + ": more than an object stands in the header");
      }
    } catch (IOException | IllegalStateException | JsonParseException | NumberFormatException e) {
      throw new Fault(origin + ": the header is no JSON of arrays: " + e.getMessage().lines().findFirst().orElse(""), "it is damaged, or no safetensors file", e);
    }
    requireApart(arrays, data, origin);
    return new SafetensorsHeader(arrays);
  }

  private static Entry entry(JsonReader json, String label) throws IOException {
    String type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    json.beginObject();
    while (json.hasNext()) {
      switch (json.nextName()) {
        case "dtype" -> type = json.nextString();
        case "shape" -> shape = numbers(json);
        case "data_offsets" -> offsets = numbers(json);
        default -> json.skipValue();
      }
    }
    json.endObject();
    if (type == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new Fault(label + ": dtype, shape and two data_offsets are wanted");
    }
    var stored = StoredType.of(type, label);
    long elements = 1;
    for (long size : shape) {
      if (size < 0 || size > Tensor.LARGEST || elements > Tensor.LARGEST) {
        throw new Fault(label + ": has a shape of " + shape + ", more than an array can hold");
      }
      elements *= size;
    }
    long begin = offsets.get(0);
    long end = offsets.get(1);
    if (elements > Tensor.LARGEST || begin < 0 || end < begin || end - begin != elements * stored.bytes()) {
      throw new Fault(label + ": " + type + shape + " does not take the bytes from " + begin + " to " + end);
    }
    return new Entry(stored, shape.stream().mapToInt(Long::intValue).toArray(), begin, end);
  }

  private static List<Long> numbers(JsonReader json) throws IOException {
    var numbers = new ArrayList<Long>();
    json.beginArray();
    while (json.hasNext()) {
      numbers.add(json.nextLong());
    }
    json.endArray();
    return numbers;
  }

  /** Arrays lie one behind the other, to the end of the file. */
  private static void requireApart(Map<String, Entry> arrays, long data, String origin) {
    long end = 0;
    for (var array : arrays.entrySet().stream().sorted(Comparator.comparing((Map.Entry<String, Entry> one) -> one.getValue().begin).thenComparing(one -> one.getValue().end)).toList()) {
      var entry = array.getValue();
      if (entry.begin < end) {
        throw new Fault(origin + ": array " + array.getKey() + " begins at " + entry.begin + ", inside the one before it, which ends at " + end);
      }
      if (entry.end > data) {
        throw new Fault(origin + ": array " + array.getKey() + " ends at " + entry.end + ", and the file has " + data + " bytes of arrays", "it is not wholly there");
      }
      end = entry.end;
    }
  }
}
