package nnc.weights;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import nnc.runtime.base.Fault;

/** Which of several files has which array. */
final class ShardIndex {
  private ShardIndex() {}

  /** The file's name by the array's, each in the index's folder. */
  static Map<String, String> read(Path index) {
    var places = new LinkedHashMap<String, String>();
    try (var json = new JsonReader(Files.newBufferedReader(index))) {
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      while (json.hasNext()) {
        if (!json.nextName().equals("weight_map")) {
          json.skipValue();
          continue;
        }
        json.beginObject();
        while (json.hasNext()) {
          places.put(json.nextName(), inside(json.nextString(), index));
        }
        json.endObject();
      }
      json.endObject();
    } catch (IOException | IllegalStateException | JsonParseException e) {
      throw new Fault(index + ": is no index of safetensors files: " + e.getMessage(), "it has a weight_map, in which each array has a file's name", e);
    }
    if (places.isEmpty()) {
      throw new Fault(index + ": is no index of safetensors files: it has no weight_map", "");
    }
    return places;
  }

  private static String inside(String file, Path index) {
    if (!file.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw new Fault(index + ": '" + file + "' is no file beside it");
    }
    return file;
  }
}
