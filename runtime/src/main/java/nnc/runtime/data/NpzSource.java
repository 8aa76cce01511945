package nnc.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Names;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.files.Npz;
import nnc.runtime.spec.ModelSpec.Feed;

/**
 * Arrays of an npz file as columns by name, first axis the rows: {@code npz("file")}, {@code npz("file", image = "x_train")}. What nobody
 * asks for is not read and may be of any type.
 */
final class NpzSource implements SourceReader {
  @Override
  public Table load(String called, SourceArguments arguments, Folder folder, Map<String, Feed> feeds) {
    Set<String> fed = feeds.keySet();
    String source = arguments.text("file");
    Map<String, String> chosen = new LinkedHashMap<>();
    for (String name : arguments.rest()) {
      chosen.put(name, Names.composed(arguments.namedText(name)));
    }
    arguments.end();
    Path file = folder.find(source);
    Npz.Arrays arrays = chosen.isEmpty() ? Npz.read(file, feeds.values()) : Npz.read(file, name -> chosen.containsValue(ArrayColumns.measured(name)) || chosen.containsValue(name));
    if (arrays.read().isEmpty() && arrays.unread().isEmpty()) {
      throw new Fault(file + ": has no arrays");
    }
    List<Column> columns = new ArrayList<>();
    if (chosen.isEmpty()) {
      for (String name : fed) {
        if (arrays.get(name) != null) {
          columns.add(ArrayColumns.column(feeds.get(name), name, arrays, file.toString()));
        }
      }
    }
    for (var choice : chosen.entrySet()) {
      if (arrays.get(choice.getValue()) == null) {
        throw new Fault(file + ": no array " + choice.getValue() + "; it has " + arrays.names());
      }
      Column column = ArrayColumns.column(feeds.get(choice.getKey()), choice.getValue(), arrays, file.toString());
      columns.add(new Column(choice.getKey(), column.shape(), column.data(), column.places(), column.classes(), column.starts()));
    }
    if (columns.isEmpty()) {
      throw new Fault(file + ": none of its arrays is called as an input or target; it has " + arrays.names(),
          "name the array of each, e.g. npz(\"" + file.getFileName() + "\", image = \"x_train\")");
    }
    return Table.of(file.toString(), columns, arrays.unread().keySet());
  }
}
