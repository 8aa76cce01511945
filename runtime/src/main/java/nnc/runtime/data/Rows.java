package nnc.runtime.data;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec.Feed;

/** A column {@code row} with the numbers 0 to count - 1, for programs that make up their examples themselves. Arguments {@code (count)}. */
final class Rows implements SourceReader {
  @Override
  public Table load(String source, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    int count = arguments.count("count", 1);
    arguments.end();
    int[] numbers = new int[arguments.elements(count, 1)];
    Arrays.setAll(numbers, i -> i);
    return Table.of("rows", List.of(new Column("row", new int[0], numbers)));
  }
}
