package nnc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Training;
import nnc.runtime.spec.Vocabulary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** CSV files in the dialects that people have, with texts and with what is missing. */
class CsvDialectTest {
  private final Path folder = temporary();

  private static Path temporary() {
    try {
      return Files.createTempDirectory("dialects");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterEach
  void delete() throws IOException {
    Files.deleteIfExists(folder.resolve("a.csv"));
    Files.deleteIfExists(folder);
  }

  private static Feed feed(String name, ColumnType type) {
    return new Feed(name, "", false, type.isText() ? ElementKind.INT : ElementKind.FLOAT, List.of("N"), List.of(), 0, type.classes(), type);
  }

  private Table table(Map<String, ?> named, Feed... feeds) {
    var spec = new ModelSpec("net", 32, "", List.of(feeds), List.of(), 0, List.of(), Map.of("train", Sources.source("csv", named, "a.csv")), Training.NONE,
        List.of(), Map.of());
    return new Data(spec, new Folder(folder, null, System.err)).table("train");
  }

  private Table table(String text, Map<String, ?> named, Feed... feeds) throws IOException {
    Files.writeString(folder.resolve("a.csv"), text);
    return table(named, feeds);
  }

  private static int[] classes(Table table, Feed feed, Vocabulary vocabulary) {
    Categories.learn(feed, table, vocabulary);
    var column = Categories.coded(table.column(feed.name()), feed, vocabulary, table);
    return Arrays.stream(table.rows()).map(row -> (int) column.get(row)).toArray();
  }

  // ---- any table, written by somebody else

  private static final List<String> TEXTS = List.of("red", "Green", "a b", "say \"no\"", "x,y;z|w", "two\nlines", "", "?", "NA", "\u00e4\u00df", "#1", "10", "-");

  /** A dialect, drawn at random. */
  private record Dialect(char separator, char decimal, Charset charset, String encoding, boolean header, boolean spaces, boolean comments, String end) {
    static Dialect of(Random random) {
      char separator = ",;\t|".charAt(random.nextInt(4));
      var charset = List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.ISO_8859_1, Charset.forName("windows-1252")).get(random.nextInt(4));
      var encoding = charset == StandardCharsets.UTF_8 ? "utf-8" : charset == StandardCharsets.UTF_16LE ? "utf-16"
          : charset == StandardCharsets.ISO_8859_1 ? "latin-1" : "windows-1252";
      return new Dialect(separator, separator != ',' && random.nextBoolean() ? ',' : '.', charset, encoding, random.nextBoolean(), random.nextBoolean(),
          random.nextInt(3) == 0, random.nextBoolean() ? "\n" : "\r\n");
    }

    String field(String text, Random random) {
      boolean bare = text.chars().noneMatch(c -> c == separator || c == '"' || c == '\n' || c == '\r') && !(comments && text.startsWith("#")) && !text.equals("");
      var quoted = bare && random.nextInt(3) > 0 ? text : '"' + text.replace("\"", "\"\"") + '"';
      return spaces ? " " + quoted + (random.nextBoolean() ? " " : "") : quoted;
    }

    String number(double value) {
      return (value == Math.rint(value) && Math.abs(value) < 1e6 ? Long.toString((long) value) : new BigDecimal(value).toString()).replace('.', decimal);
    }
  }

  private record Row(double number, Double gap, String kind, String other) {}

  private static String text(List<Row> rows, Dialect dialect, Random random) {
    var text = new StringBuilder();
    if (dialect.comments) {
      text.append("# a \"comment").append(dialect.end);
    }
    var separator = String.valueOf(dialect.separator);
    if (dialect.header) {
      text.append(String.join(separator, "number", "unread", "gap", "kind", "other")).append(dialect.end);
    }
    for (var row : rows) {
      var gap = row.gap == null ? List.of("", "NA", "?", "nan", "null", "-9").get(random.nextInt(6)) : dialect.number(row.gap);
      text.append(String.join(separator, dialect.field(dialect.number(row.number), random), dialect.field(TEXTS.get(random.nextInt(TEXTS.size())), random),
          gap.isEmpty() ? "" : dialect.field(gap, random), dialect.field(row.kind, random), dialect.field(row.other, random))).append(dialect.end);
      if (dialect.comments && random.nextInt(5) == 0) {
        text.append("#").append(separator.repeat(9)).append(dialect.end).append(dialect.end);
      }
    }
    return text.toString();
  }

  @Property(tries = 300, seed = "1", edgeCases = EdgeCasesMode.NONE)
  void whatIsWrittenInAnyDialectIsReadAsItWas(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    var dialect = Dialect.of(random);
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 1 + random.nextInt(40); i++) {
      rows.add(new Row(random.nextInt(3) == 0 ? random.nextInt(100) : random.nextGaussian() * Math.pow(10, random.nextInt(-5, 6)),
          random.nextInt(3) == 0 ? null : random.nextDouble(), TEXTS.get(random.nextInt(TEXTS.size())), TEXTS.get(random.nextInt(4))));
    }
    Files.write(folder.resolve("a.csv"), text(rows, dialect, random).getBytes(dialect.charset));
    var named = new LinkedHashMap<String, Object>();
    named.put("encoding", dialect.encoding);
    named.put("decimal", String.valueOf(dialect.decimal));
    named.put("missing", List.of("-9"));
    named.put("header", dialect.header);
    if (!dialect.header || random.nextBoolean()) {
      named.put("separator", String.valueOf(dialect.separator));
    }
    if (dialect.comments) {
      named.put("comment", "#");
    }
    if (!dialect.header) {
      named.putAll(Map.of("number", 1, "gap", 3, "kind", 4, "other", 5));
    }
    int most = 1 + random.nextInt(6);
    var number = feed("number", ColumnType.NUMBERS);
    var gap = feed("gap", new ColumnType.Numbers(true));
    var kind = feed("kind", new ColumnType.Learned(most, true));
    var other = feed("other", new ColumnType.Listed(List.of("Green", "say \"no\"", "red"), true));
    var table = table(named, number, gap, kind, other);
    assertThat(Sources.values(table.column("number"))).containsExactly(rows.stream().mapToDouble(Row::number).toArray());
    assertThat(Sources.values(table.column("gap"))).containsExactly(rows.stream().mapToDouble(row -> row.gap == null ? Double.NaN : row.gap).toArray());
    var vocabulary = new Vocabulary();
    var names = mostFrequent(rows.stream().map(Row::kind).toList(), most);
    assertThat(classes(table, kind, vocabulary)).containsExactly(rows.stream().mapToInt(row -> names.contains(row.kind) ? names.indexOf(row.kind) : most).toArray());
    assertThat(vocabulary.names(kind)).isEqualTo(names);
    assertThat(classes(table, other, vocabulary)).containsExactly(rows.stream()
        .mapToInt(row -> List.of("Green", "say \"no\"", "red").contains(row.other) ? List.of("Green", "say \"no\"", "red").indexOf(row.other) : 3).toArray());
  }

  /** By their number, of equally many the first by their letters; in the order of these. */
  private static List<String> mostFrequent(List<String> texts, int most) {
    var counts = new TreeMap<String, Integer>();
    texts.forEach(text -> counts.merge(text, 1, Integer::sum));
    return List.copyOf(new TreeSet<>(counts.entrySet().stream().sorted((a, b) -> b.getValue() - a.getValue()).limit(most).map(Map.Entry::getKey).toList()));
  }

  // ---- what is refused

  private static final Feed SEX = feed("sex", new ColumnType.Listed(List.of("female", "male"), false));

  @Test
  void aTextOfNoClassIsRefusedWithItsPlace() throws IOException {
    var table = table("sex\nmale\nfemal\n", Map.of(), SEX);
    assertThatThrownBy(() -> classes(table, SEX, new Vocabulary())).isInstanceOf(Fault.class)
        .hasMessage(folder.resolve("a.csv") + ":3:1: 'femal' is no category of input sex; there are female, male")
        .satisfies(fault -> assertThat(((Fault) fault).hint()).isEqualTo("is it female?"));
    var empty = table("sex,n\nmale,1\n,2\n", Map.of(), SEX);
    assertThatThrownBy(() -> classes(empty, SEX, new Vocabulary())).hasMessageContaining(":3:1: '' is no category");
  }

  @Test
  void moreCategoriesThanDeclaredAreCounted() throws IOException {
    var kind = feed("kind", new ColumnType.Learned(2, false));
    var table = table("kind\na\nb\nc\na\n", Map.of(), kind);
    assertThatThrownBy(() -> classes(table, kind, new Vocabulary())).hasMessageStartingWith("input kind: 3 categories in ").hasMessageEndingWith("at most 2 were declared");
  }

  @Test
  void aTextInAnotherEncodingIsRefused() throws IOException {
    Files.write(folder.resolve("a.csv"), "sex\nm\u00e4nnlich\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> table(Map.of(), SEX)).hasMessageContaining("not written in the file's encoding")
        .satisfies(fault -> assertThat(((Fault) fault).hint()).contains("latin-1"));
    assertThat(table(Map.of("encoding", "latin-1"), SEX).column("sex").classes()).containsExactly("m\u00e4nnlich");
  }

  @Test
  void aPointBesideDecimalCommasIsRefused() throws IOException {
    var x = feed("x", ColumnType.NUMBERS);
    assertThat(Sources.values(table("x;y\n1,5;2\n-3,25e1;0\n", Map.of("decimal", ","), x).column("x"))).containsExactly(1.5, -32.5);
    assertThatThrownBy(() -> table("x;y\n1.234,5;2\n", Map.of("decimal", ","), x)).hasMessageContaining("'1.234,5' is not a number");
    assertThatThrownBy(() -> table("x;y\n1.5;2\n", Map.of("decimal", ","), x)).hasMessageContaining("'1.5' is not a number");
  }

  @Test
  void columnsWithoutNamesAreChosenByNumber() throws IOException {
    var x = feed("x", ColumnType.NUMBERS);
    assertThat(Sources.values(table("1, a, 2\n3, b, 4\n", Map.of("header", false, "x", List.of(3, 1)), x).column("x"))).containsExactly(2, 1, 4, 3);
    assertThatThrownBy(() -> table("1,2\n", Map.of("header", false), x)).hasMessageContaining("called by their numbers");
    assertThatThrownBy(() -> table("1,2\n", Map.of("header", false, "x", 3), x)).hasMessageContaining("no column 3");
    assertThatThrownBy(() -> table("1,2\n", Map.of("header", false, "x", "a"), x)).hasMessageContaining("x must be a number");
    assertThatThrownBy(() -> table("1,2\n3\n", Map.of("header", false, "x", 1), x)).hasMessageContaining(":2: 1 fields, the first line has 2");
  }

  /** The 64 bits of FNV-1a of "foobar" are 0x85944171f73967e8, as its authors say. */
  @Test
  void textsAreHashedByFnv() throws IOException {
    var word = feed("word", new ColumnType.Hashed(1000));
    assertThat(classes(table("word\nfoobar\n\"\"\n", Map.of(), word), word, new Vocabulary()))
        .containsExactly((int) Long.remainderUnsigned(0x85944171f73967e8L, 1000), (int) Long.remainderUnsigned(0xcbf29ce484222325L, 1000));
  }
}
