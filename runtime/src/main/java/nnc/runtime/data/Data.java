package nnc.runtime.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.runtime.base.Fault;
import nnc.runtime.data.SourceReaders.SourceReader;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Source;

/**
 * The sources of a program's {@code data} block, each loaded when it is first asked for. All {@code split}s of one source, written out or by
 * the name of its role, are disjoint; a role that is the source itself keeps what they leave.
 */
public final class Data {
  /** The name of the source that puts rows together. */
  static final String SEQUENCES = "sequences";

  private final Map<String, Source> roles;
  private final Folder folder;
  private final String file;
  /** Inputs and targets by name. */
  private final Map<String, ModelSpec.Feed> fed = new LinkedHashMap<>();
  /** Columns that parts go by. */
  private final Map<String, ModelSpec.Feed> keys = new LinkedHashMap<>();
  private final Map<Loaded, Table> loaded = new HashMap<>();
  private final Map<String, Table> given = new HashMap<>();
  private final Map<String, Table> replaced = new HashMap<>();

  /** The data of a model, with files looked for in {@code folder}. */
  public Data(ModelSpec spec, Folder folder) {
    roles = new LinkedHashMap<>(spec.data());
    file = spec.name() + ".nn";
    this.folder = folder;
    for (ModelSpec.Feed feed : spec.inputs()) {
      fed.put(feed.name(), feed);
    }
    for (Source source : roles.values()) {
      addKeys(source);
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
      this.given.put(key(source), table.getValue());
    }
    if (share > 0) {
      var train = new Source("name", List.of(), Map.of(), "train", 0);
      roles.put("validate", new Source(DataPart.SPLIT, List.of(train, new Source("number", List.of(), Map.of(), share, 0)), Map.of(), null, 0));
    }
  }

  /** Has the columns read that a part goes by, as texts, which are only compared. */
  private void addKeys(Source part) {
    for (var argument : part.named().entrySet()) {
      if (DataPart.KEYS.contains(argument.getKey()) && argument.getValue().value() instanceof String name) {
        keys.put(name, compared(name));
      }
    }
    for (Source argument : part.arguments()) {
      addKeys(argument);
    }
  }

  /** What takes a column that parts go by: texts, which are only compared. */
  static ModelSpec.Feed compared(String name) {
    return new ModelSpec.Feed(name, "", false, ElementKind.INT, List.of(), List.of(), 0, 0, new ColumnType.Hashed(1));
  }

  /** What takes columns as files have them: those that tokens are made of have one text a row there, and those that rows are put together of no axis for these. */
  static Map<String, ModelSpec.Feed> asTexts(Map<String, ModelSpec.Feed> feeds, Collection<Source> sources) {
    Set<String> texts = new HashSet<>();
    for (Source source : sources) {
      addTexts(source, texts);
    }
    return shaped(feeds, texts, SourceReaders.called(sources).contains(SEQUENCES));
  }

  private static Map<String, ModelSpec.Feed> shaped(Map<String, ModelSpec.Feed> feeds, Set<String> texts, boolean joined) {
    Map<String, ModelSpec.Feed> read = new LinkedHashMap<>();
    for (ModelSpec.Feed feed : feeds.values()) {
      boolean text = texts.contains(feed.name()) && !feed.shape().isEmpty();
      List<ModelSpec.Poly> shape = new ArrayList<>(text ? feed.shape().subList(0, 1) : feed.shape());
      if (joined && shape.size() > 1) {
        shape.remove(1);
      }
      read.put(feed.name(), !text && !joined ? feed : new ModelSpec.Feed(feed.name(), feed.alias(), feed.target(), feed.kind(), feed.dims(), shape, feed.low(),
          feed.high(), feed.column()));
    }
    return read;
  }

  /** The column that a source makes tokens of; null if it makes none. */
  private static String text(Source part) {
    if (part.name().equals("tokens")) {
      Source column = part.arguments().size() > 1 ? part.arguments().get(1) : part.named().get("column");
      return column == null ? "" : String.valueOf(column.value());
    }
    return part.name().equals("texts") || part.name().equals("textfile") ? "tokens" : null;
  }

  /** Adds the columns that are read as texts, which tokens are then made of. */
  private static void addTexts(Source part, Set<String> texts) {
    String text = text(part);
    if (text != null) {
      texts.add(text);
    }
    for (Source argument : part.arguments()) {
      addTexts(argument, texts);
    }
    for (Source argument : part.named().values()) {
      addTexts(argument, texts);
    }
  }

  /** The names of all sources. What they take the compiler knows. */
  public static List<String> sources() {
    return SourceReaders.names();
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
    return roles.containsKey(role) && isGenerated(roles.get(role), 0);
  }

  private boolean isGenerated(Source source, int depth) {
    if (source.name().equals("name")) {
      Source named = roles.get(String.valueOf(source.value()));
      return named != null && depth <= roles.size() && isGenerated(named, depth + 1);
    } else if (!DataPart.isPart(source) && !SourceReaders.isDerived(source.name())) {
      return SourceReaders.isGenerated(source.name());
    }
    boolean generated = true;
    for (Source argument : source.arguments()) {
      generated &= argument.value() instanceof Number || isGenerated(argument, depth);
    }
    return generated;
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
    return DataPart.isPart(source) ? part(source, depth) : cut(source, null);
  }

  private Source named(Source name) {
    Source source = roles.get(String.valueOf(name.value()));
    if (source == null) {
      throw new Fault(file + ":" + name.line() + ": no data is called " + name.value());
    }
    return source;
  }

  // ---- parts

  private Table part(Source source, int depth) {
    Source of = origin(DataPart.of(source, file).of(), depth);
    if (DataPart.isPart(of)) {
      throw new Fault(file + ":" + source.line() + ": " + source.name() + ": a part cannot be split again", "split the source itself");
    } else if (of.name().startsWith("bootstrap")) {
      throw new Fault(file + ":" + source.line() + ": " + source.name() + ": a bootstrap has rows several times, which would be in both parts",
          "take a part of its source: bootstrap draws from what that leaves");
    }
    return cut(of, source);
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

  /** The part of {@code whole} that {@code wanted} holds back, or what all parts leave if it is null; one takes of what those before it leave. */
  private Table cut(Source whole, Source wanted) {
    Table table = whole(whole);
    int size = table.size();
    int[] left = table.rows().clone();
    boolean shuffled = false;
    Map<String, int[]> dealt = new HashMap<>();
    for (Source source : roles.values()) {
      if (!DataPart.isPart(source) || !key(origin(DataPart.of(source, file).of(), 0)).equals(key(whole))) {
        continue;
      }
      DataPart part = DataPart.of(source, file);
      if (part.isPlain() && !shuffled) {
        new Generator(DataPart.SPLIT, part.seed()).shuffle(left);
        shuffled = true;
      }
      boolean counted = part.isPlain() || part.last();
      int count = (int) Math.min(left.length, Math.round(part.share() * size));
      int[] taken = part.isPlain() ? Arrays.copyOf(left, count) : part.last() ? last(left, count) : chosen(part, table, left, dealt);
      boolean tooMany = counted && Math.round(part.share() * size) > left.length;
      if (taken.length == 0 || tooMany) {
        requireColumns(table);
        throw new Fault(file + (source.line() > 0 ? ":" + source.line() : "") + ": " + source.name() + ": "
            + (tooMany ? "more is held back than there is: " : "nothing is left of ") + size + " rows of " + table.origin());
      }
      if (source == wanted) {
        return table.select(sorted(taken));
      }
      left = without(left, taken);
    }
    if (wanted != null) {
      throw new Fault(file + ":" + wanted.line() + ": " + wanted.name() + ": stands by itself for a part of the data: validate = " + wanted.name() + "(...)");
    }
    if (left.length == 0) {
      requireColumns(table);
      throw new Fault(file + ":" + whole.line() + ": the parts of " + table.origin() + " leave nothing of it");
    }
    return left.length == size ? table : table.select(sorted(left));
  }

  /** The largest of some rows. */
  private static int[] last(int[] rows, int count) {
    return Arrays.copyOfRange(sorted(rows), rows.length - count, rows.length);
  }

  /** @param dealt the rows that folds were dealt out of, by what tells the dealings apart: all folds of one dealing are disjoint */
  private static int[] chosen(DataPart part, Table table, int[] left, Map<String, int[]> dealt) {
    int[] rows = sorted(left);
    if (part.folds() > 0) {
      dealt.putIfAbsent(part.deal(), rows);
      rows = dealt.get(part.deal());
    }
    int[] taken = SourceReaders.of(DataPart.FOLD, ChosenRows.class).taken(part, table, rows);
    return without(taken, without(taken, left));
  }

  /** Those of some numbers that are not among others. */
  private static int[] without(int[] numbers, int[] others) {
    int[] out = sorted(others);
    int[] kept = new int[numbers.length];
    int count = 0;
    for (int number : numbers) {
      if (Arrays.binarySearch(out, number) < 0) {
        kept[count++] = number;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  /** A column that is not there is the greater fault than a part that has no rows. */
  private void requireColumns(Table table) {
    for (ModelSpec.Feed feed : fed.values()) {
      table.required(feed);
    }
  }

  private static int[] sorted(int[] order) {
    int[] rows = order.clone();
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

  /** A source and what is read of it, which depends on what is made of its rows. */
  private record Loaded(String source, Map<String, ModelSpec.Feed> read) {}

  /** All of a source, loaded once. */
  private Table whole(Source source) {
    Map<String, ModelSpec.Feed> read = new LinkedHashMap<>(keys);
    for (ModelSpec.Feed feed : fed.values()) {
      if (!(feed.column() instanceof ColumnType.Hashed && keys.containsKey(feed.name()))) {
        read.put(feed.name(), feed);
      }
    }
    return whole(source, read);
  }

  /** @param read what takes the source's columns, and columns that parts go by: of what a file holds more, nothing is read */
  private Table whole(Source source, Map<String, ModelSpec.Feed> read) {
    Table table = given.get(key(source));
    if (table == null) {
      var wanted = new Loaded(key(source), read);
      table = loaded.get(wanted);
      if (table == null) {
        table = load(source, read);
        loaded.put(wanted, table);
      }
    }
    return table;
  }

  private Table load(Source source, Map<String, ModelSpec.Feed> read) {
    var arguments = new SourceArguments(source, file);
    if (SourceReaders.className(source.name()) == null) {
      throw arguments.fault("no such data source", "the sources are " + String.join(", ", sources()));
    }
    String text = text(source);
    var below = shaped(read, text == null ? Set.of() : Set.of(text), source.name().equals(SEQUENCES));
    try {
      return SourceReaders.isDerived(source.name()) ? derived(source, arguments, below)
          : SourceReaders.of(source.name(), SourceReader.class).load(source.name(), arguments, folder, below);
    } catch (OutOfMemoryError e) {
      throw arguments.fault("not enough memory to hold it", "give Java more memory with -Xmx");
    }
  }

  private Table derived(Source source, SourceArguments arguments, Map<String, ModelSpec.Feed> read) {
    List<Table> of = new ArrayList<>();
    boolean draws = source.name().equals("bootstrap") || source.name().equals("out_of_bag");
    for (String name : source.name().equals("zip") ? List.of("first", "second") : List.of("source")) {
      Source part = origin(arguments.source(name), 0);
      if (DataPart.isPart(part) || part.name().equals("bootstrap") || part.name().equals("out_of_bag")) {
        throw arguments.fault("takes whole sources, not " + part.name() + "(...)", "take parts of what it gives");
      }
      of.add(draws ? cut(part, null) : whole(part, read));
    }
    return SourceReaders.of(source.name(), DerivedTable.class).of(source.name(), arguments, of, fed);
  }
}
