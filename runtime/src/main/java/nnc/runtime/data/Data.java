package nnc.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Source;

/**
 * The sources of a program's {@code data} block, each loaded when it is first asked for. All {@code split}s of one source, written out or by
 * the name of its role, are disjoint; a role that is the source itself keeps what they leave.
 */
public final class Data {
  /** The source that is a part of another. */
  private static final String SPLIT = "split";

  private final Map<String, Source> roles;
  private final Folder folder;
  private final String file;
  /** Inputs and targets by name: of what a file holds more, nothing is read. */
  private final Map<String, ModelSpec.Feed> fed = new LinkedHashMap<>();
  private final Map<String, Table> loaded = new HashMap<>();
  private final Map<String, Table> replaced = new HashMap<>();

  /** The data of a model, with files looked for in {@code folder}. */
  public Data(ModelSpec spec, Folder folder) {
    roles = new LinkedHashMap<>(spec.data());
    file = spec.name() + ".nn";
    this.folder = folder;
    for (ModelSpec.Feed feed : spec.inputs()) {
      fed.put(feed.name(), feed);
    }
  }

  /**
   * The data of a model where some roles are given. What else the program says holds, its splits of these by their names too.
   *
   * @param given by role
   * @param share of {@code train} that is held back for {@code validate}; 0 if the program says what that is
   */
  public Data(ModelSpec spec, Folder folder, Map<String, Table> given, double share) {
    this(spec, folder);
    for (var table : given.entrySet()) {
      var source = new Source("given", List.of(new Source("text", List.of(), Map.of(), table.getKey(), 0)), Map.of(), null, 0);
      roles.put(table.getKey(), source);
      loaded.put(key(source), table.getValue());
    }
    if (share > 0) {
      var train = new Source("name", List.of(), Map.of(), "train", 0);
      roles.put("validate", new Source(SPLIT, List.of(train, new Source("number", List.of(), Map.of(), share, 0)), Map.of(), null, 0));
    }
  }

  /** The names of all sources. What they take the compiler knows. */
  public static List<String> sources() {
    List<String> names = SourceReaders.names();
    names.add(SPLIT);
    return names;
  }

  /** Whether the program names a source for {@code train}, {@code validate} or {@code test}. */
  public boolean has(String role) {
    return roles.containsKey(role);
  }

  /** Has a role mean other examples than its source has. */
  public void replace(String role, Table table) {
    replaced.put(role, table);
  }

  /**
   * Refuses to write to a file that the program reads.
   *
   * @throws Fault if it is one
   */
  public void keep(Path written) {
    for (Source source : roles.values()) {
      keep(source, written);
    }
  }

  private void keep(Source source, Path written) {
    if (source.value() instanceof String name && folder.isFile(name, written)) {
      throw new Fault(written + ": this is a file of the program's data, and stays as it is", "choose another name");
    }
    List<Source> parts = new ArrayList<>(source.arguments());
    parts.addAll(source.named().values());
    for (Source part : parts) {
      keep(part, written);
    }
  }

  /** Whether a role's source is computed rather than read. */
  public boolean isGenerated(String role) {
    Source source = roles.get(role);
    for (int depth = 0; source != null && depth < 4; depth++) {
      if (source.name().equals(SPLIT) && !source.arguments().isEmpty()) {
        source = source.arguments().getFirst();
      } else if (source.name().equals("name")) {
        source = roles.get(String.valueOf(source.value()));
      } else {
        return SourceReaders.isGenerated(source.name());
      }
    }
    return false;
  }

  /**
   * The examples of a role.
   *
   * @throws Fault if there is no such role, or its source cannot be read
   */
  public Table table(String role) {
    Table other = replaced.get(role);
    if (other != null) {
      return other;
    }
    Source source = roles.get(role);
    if (source == null) {
      throw new Fault(file + ": no data for " + role, "name a source: data { " + role + " = ... }");
    }
    return table(role, source, 0);
  }

  private Table table(String role, Source source, int depth) {
    if (depth > roles.size() + 8) {
      throw new Fault(file + ":" + source.line() + ": " + role + " is made of itself");
    }
    if (source.name().equals("name")) {
      return table(role, named(source), depth + 1);
    }
    return source.name().equals(SPLIT) ? part(source, depth) : rest(source);
  }

  private Source named(Source name) {
    Source source = roles.get(String.valueOf(name.value()));
    if (source == null) {
      throw new Fault(file + ":" + name.line() + ": no data is called " + name.value());
    }
    return source;
  }

  // ---- splits

  /** A share held back from a source. */
  private record Split(Source of, double share, long seed) {}

  private Split split(Source source) {
    var arguments = new SourceArguments(source, file);
    Source of = arguments.source("source");
    double share = arguments.number("share", Double.NaN);
    long seed = arguments.namedWhole("seed", 0);
    arguments.end();
    if (!(share > 0 && share <= 1)) {
      throw arguments.fault("the share must be above 0 and at most 1", "e.g. split(train, 0.1)");
    }
    return new Split(of, share, seed);
  }

  private Table part(Source source, int depth) {
    Split split = split(source);
    Source of = origin(split.of(), depth);
    if (of.name().equals(SPLIT)) {
      throw new Fault(file + ":" + source.line() + ": split: a part cannot be split again", "split the source itself");
    }
    return cut(of, source);
  }

  private Table rest(Source source) {
    return cut(source, null);
  }

  private Source origin(Source source, int depth) {
    Source origin = source;
    for (int i = depth; origin.name().equals("name"); i++) {
      if (i > roles.size() + 8) {
        throw new Fault(file + ":" + source.line() + ": split: made of itself");
      }
      origin = named(origin);
    }
    return origin;
  }

  /** The part of {@code whole} that {@code wanted} holds back, or what all splits leave if it is null; the splits follow one another. */
  private Table cut(Source whole, Source wanted) {
    Table table = loaded.computeIfAbsent(key(whole), key -> load(whole));
    int size = table.size();
    int[] order = null;
    int from = 0;
    for (Source source : roles.values()) {
      if (!source.name().equals(SPLIT) || !key(origin(split(source).of(), 0)).equals(key(whole))) {
        continue;
      }
      Split split = split(source);
      if (order == null) {
        order = table.rows().clone();
        new Generator(SPLIT, split.seed()).shuffle(order);
      }
      int to = from + (int) Math.round(split.share() * size);
      if (to == from || to > size) {
        requireColumns(table);
        throw new Fault(file + (source.line() > 0 ? ":" + source.line() : "") + ": split: " + (to > size ? "more is held back than there is: " : "nothing is left of ")
            + size + " rows of " + table.origin());
      }
      if (source == wanted) {
        return table.select(sorted(order, from, to));
      }
      from = to;
    }
    if (wanted != null) {
      throw new IllegalStateException("a split that is no role's");
    }
    if (from == size) {
      requireColumns(table);
      throw new Fault(file + ":" + whole.line() + ": the splits of " + table.origin() + " leave nothing of it");
    }
    return order == null ? table : table.select(sorted(order, from, size));
  }

  /** A column that is not there is the greater fault than a part that has no rows. */
  private void requireColumns(Table table) {
    for (ModelSpec.Feed feed : fed.values()) {
      table.required(feed);
    }
  }

  private static int[] sorted(int[] order, int from, int to) {
    int[] rows = Arrays.copyOfRange(order, from, to);
    Arrays.sort(rows);
    return rows;
  }

  /** A source as a text that is equal for equal sources, wherever they are written. */
  private static String key(Source source) {
    var text = new StringBuilder(source.name());
    if (source.value() != null) {
      text.append(' ').append(source.value());
    }
    text.append('(');
    for (Source argument : source.arguments()) {
      text.append(key(argument)).append(',');
    }
    List<String> names = new ArrayList<>(source.named().keySet());
    names.sort(null);
    for (String name : names) {
      text.append(name).append('=').append(key(source.named().get(name))).append(',');
    }
    return text.append(')').toString();
  }

  // ---- sources

  private Table load(Source source) {
    var arguments = new SourceArguments(source, file);
    if (SourceReaders.className(source.name()) == null) {
      throw arguments.fault("no such data source", "the sources are " + String.join(", ", sources()));
    }
    try {
      return SourceReaders.of(source.name(), SourceReader.class).load(source.name(), arguments, folder, fed);
    } catch (OutOfMemoryError e) {
      throw arguments.fault("not enough memory to hold it", "give Java more memory with -Xmx");
    }
  }
}
