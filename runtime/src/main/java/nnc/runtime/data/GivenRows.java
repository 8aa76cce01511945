package nnc.runtime.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Source;

/** Examples of a file or folder that is named beside the program, targets included: in each form that predictions are made for. */
public final class GivenRows {
  private GivenRows() {}

  /**
   * All examples.
   *
   * @param feeds inputs and targets that are needed, by name
   * @throws Fault if they cannot be read, or one of these is not there
   */
  public static Table read(ModelSpec spec, Map<String, Feed> feeds, Path file, Folder folder) {
    if (Files.isDirectory(file)) {
      return pictures(spec, feeds, file, folder);
    }
    if (TextInputs.isText(file)) {
      List<Table> all = new ArrayList<>();
      new TextInputs(spec, feeds).read(file, Integer.MAX_VALUE, all::add);
      return all.get(0);
    }
    Npz.Arrays arrays = Npz.read(file, feeds.values());
    List<Column> columns = new ArrayList<>();
    for (Feed feed : feeds.values()) {
      if (arrays.get(feed.name()) != null) {
        columns.add(ArrayColumns.column(feed, feed.name(), arrays, file.toString()));
      } else if (!feed.alias().endsWith(Npz.LENGTHS)) {
        throw new Fault(file + ": no array for " + (feed.target() ? "target " : "input ") + feed.name() + "; it has " + arrays.names());
      }
    }
    return Table.of(file.toString(), columns, arrays.unread().keySet());
  }

  /** By the program's own {@code images}; classes are the names of sub-folders, which only a category has kept. */
  private static Table pictures(ModelSpec spec, Map<String, Feed> feeds, Path file, Folder folder) {
    Source own = SourceReaders.first(List.of("images"), spec.data().values());
    if (own == null) {
      throw new Fault(file + ": a folder, and the program reads no images(...)", "name a file: .npz, .csv or .jsonl");
    }
    List<Source> arguments = new ArrayList<>(own.arguments());
    Map<String, Source> named = new LinkedHashMap<>(own.named());
    var place = new Source("text", List.of(), Map.of(), file.toAbsolutePath().toString(), own.line());
    if (arguments.isEmpty()) {
      named.values().removeIf(value -> value == own.named().get("folder"));
      arguments.add(place);
    } else {
      arguments.set(0, place);
    }
    var there = new Source("images", arguments, named, null, own.line());
    Table table = SourceReaders.of("images", SourceReaders.SourceReader.class).load("images", new SourceArguments(there, spec.name() + ".nn"), folder, feeds);
    for (Feed feed : feeds.values()) {
      Column column = table.column(feed.name());
      if (feed.target() && column != null && !column.classes().isEmpty() && !feed.column().isText()) {
        throw new Fault("target " + feed.name() + ": numbers of classes follow from the names of a folder's own sub-folders, which may be others than those of training",
            "declare target " + feed.name() + ": category(" + column.classes().size() + ")[N], whose names are kept with the weights");
      }
    }
    return table;
  }
}
