package nnc.runtime.data;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.ModelSpec.Training;

/** Data sources as the compiler hands them to the runtime, of a program {@code net.nn} that has them on line 3. */
final class Sources {
  private Sources() {}

  private static Source plain(Object value) {
    if (value instanceof List<?> list) {
      return new Source("list", list.stream().map(Sources::plain).toList(), Map.of(), null, 3);
    }
    return new Source(value instanceof Number ? "number" : value instanceof Boolean ? "bool" : "text", List.of(), Map.of(),
        value instanceof Integer whole ? (Object) whole.doubleValue() : value, 3);
  }

  static Source source(String name, Map<String, ?> named, Object... arguments) {
    Map<String, Source> plain = new LinkedHashMap<>();
    named.forEach((key, value) -> plain.put(key, plain(value)));
    return new Source(name, Arrays.stream(arguments).map(a -> a instanceof Source s ? s : plain(a)).toList(), plain, null, 3);
  }

  static Source name(String role) {
    return new Source("name", List.of(), Map.of(), role, 3);
  }

  /** @param fed what the program's inputs are called */
  static Data data(Path folder, Map<String, Source> roles, PrintStream log, String... fed) {
    return data(new Folder(folder, null, log), roles, fed);
  }

  /** @param fed what the program's inputs are called */
  static Data data(Folder folder, Map<String, Source> roles, String... fed) {
    var feeds = Stream.of(fed).map(name -> new Feed(name, "", false, ElementKind.FLOAT, List.of("N"), List.of(), 0, 0, ColumnType.NUMBERS)).toList();
    var spec = new ModelSpec("net", 32, "", feeds, List.of(), 0, List.of(), roles, Training.NONE, List.of(), Map.of());
    return new Data(spec, folder);
  }

  static Table table(Path folder, Source source, String... fed) {
    return data(folder, Map.of("train", source), System.err, fed).table("train");
  }

  static double[] values(Column column) {
    return IntStream.range(0, column.rows() * column.width()).mapToDouble(column::get).toArray();
  }
}
