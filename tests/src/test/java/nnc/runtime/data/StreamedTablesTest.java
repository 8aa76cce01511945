package nnc.runtime.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import nnc.runtime.base.Fault;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.ElementKind;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.ModelSpec.Training;
import nnc.runtime.spec.Vocabulary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of text whose rows are not in memory have the numbers, texts and places of those that are, however the text is written. */
class StreamedTablesTest {
  private static final List<Feed> FEEDS = List.of(feed("x", ElementKind.FLOAT, new ColumnType.Numbers(true)), feed("age", ElementKind.FLOAT, new ColumnType.Numbers(true)),
      feed("kind", ElementKind.INT, new ColumnType.Learned(3, true)), feed("city", ElementKind.INT, new ColumnType.Hashed(97)),
      feed("day", ElementKind.FLOAT, new ColumnType.Dates("days", ColumnType.Dates.ISO, false)), feed("yes", ElementKind.BOOL, ColumnType.NUMBERS),
      feed("mark", ElementKind.INT, ColumnType.NUMBERS));

  @TempDir
  Path folder;

  private static Feed feed(String name, ElementKind kind, ColumnType column) {
    return new Feed(name, "", false, kind, List.of("N"), List.of(), 0, 0, column);
  }

  private Table table(String source, String file, Map<String, Object> options) {
    var spec = new ModelSpec("net", 32, "", FEEDS, List.of(), 0, List.of(), Map.of("train", Sources.source(source, options, file)), Training.NONE, List.of(), Map.of());
    return new Data(spec, new Folder(folder, null, System.err)).table("train");
  }

  /** Both ways to read a file. */
  private Table[] both(String source, String file, Map<String, Object> options) {
    Map<String, Object> streamed = new LinkedHashMap<>(options);
    streamed.put("stream", true);
    return new Table[] {table(source, file, options), table(source, file, streamed)};
  }

  private static void assertSame(Table[] tables, String what) {
    Table memory = tables[0];
    Table streamed = tables[1];
    assertThat(streamed.origin()).isEqualTo(memory.origin());
    assertThat(streamed.unread()).isEqualTo(memory.unread());
    assertThat(streamed.rows()).as(what).isEqualTo(memory.rows());
    assertThat(streamed.columns()).hasSameSizeAs(memory.columns());
    var vocabulary = new Vocabulary();
    for (Feed feed : FEEDS) {
      Categories.learn(feed, streamed, vocabulary);
      var plain = new Vocabulary();
      Categories.learn(feed, memory, plain);
      assertThat(vocabulary.names(feed)).as(what).isEqualTo(plain.names(feed));
      Column expected = Categories.coded(memory.required(feed), feed, vocabulary, memory);
      Column column = Categories.coded(streamed.required(feed), feed, vocabulary, streamed);
      assertThat(column.isStreamed()).isTrue();
      assertThat(column.shape()).as(what).isEqualTo(expected.shape());
      int[] rows = memory.rows().clone();
      for (int i = 0; i < rows.length / 2; i++) {
        int row = rows[i];
        rows[i] = rows[rows.length - 1 - i];
        rows[rows.length - 1 - i] = row;
      }
      for (Object room : List.of(new float[rows.length * expected.width()], new double[rows.length * expected.width()])) {
        Object wanted = room instanceof float[] floats ? floats.clone() : ((double[]) room).clone();
        expected.gather(rows, 0, rows.length, wanted, 0);
        column.gather(rows, 0, rows.length, room, 0);
        assertThat(bits(room)).as(feed.name() + " of " + what).isEqualTo(bits(wanted));
      }
      for (int row = 0; row < memory.size(); row += 1 + memory.size() / 4) {
        assertThat(column.place(row, 0, "")).isEqualTo(expected.place(row, 0, ""));
      }
    }
  }

  private static long[] bits(Object numbers) {
    return numbers instanceof float[] floats ? IntStream.range(0, floats.length).mapToLong(i -> Float.floatToRawIntBits(floats[i])).toArray()
        : Arrays.stream((double[]) numbers).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  // ---- CSV

  /** How a random file is written. */
  private record Dialect(String separator, boolean comma, String end, String encoding, boolean comments, boolean zipped) {
    static Dialect of(Random random) {
      boolean comma = random.nextInt(3) == 0;
      return new Dialect(comma ? ";" : List.of(",", ";", "\t", "|").get(random.nextInt(4)), comma, random.nextBoolean() ? "\n" : "\r\n",
          List.of("utf-8", "utf-8", "utf-16", "latin-1").get(random.nextInt(4)), random.nextInt(3) == 0, random.nextInt(3) == 0);
    }

    Map<String, Object> options() {
      Map<String, Object> options = new LinkedHashMap<>(Map.of("x", List.of("a", "b"), "separator", separator, "encoding", encoding, "missing", List.of("-9")));
      if (comma) {
        options.put("decimal", ",");
      }
      if (comments) {
        options.put("comment", "#");
      }
      return options;
    }

    Charset charset() {
      return encoding.equals("latin-1") ? StandardCharsets.ISO_8859_1 : Charset.forName(encoding);
    }

    String number(double number) {
      return comma ? Double.toString(number).replace('.', ',') : Double.toString(number);
    }
  }

  /** Numbers that fit bytes, floats, or nothing but doubles; what is first decides nothing about what comes later. */
  private static double number(Random random, int level) {
    return switch (random.nextInt(level)) {
      case 0 -> random.nextInt(256);
      case 1 -> random.nextInt(1000) - 500;
      case 2 -> (float) random.nextGaussian();
      case 3 -> -0.0;
      default -> random.nextGaussian() * Math.pow(10, random.nextInt(80) - 40);
    };
  }

  private static String gap(Random random, String text) {
    return random.nextInt(6) > 0 ? text : List.of("", "?", "NA", "-9").get(random.nextInt(4));
  }

  private void write(String file, Dialect dialect, Random random) throws IOException {
    int rows = 1 + random.nextInt(200);
    int level = 1 + random.nextInt(5);
    var kinds = List.of("red", "\"dark\nred\"", "\"a \"\"b\"\"\"", "gr\u00fcn", "\"x" + dialect.separator + "y\"", "");
    var text = new StringBuilder(String.join(dialect.separator, "a", "kind", "b", "unused", "age", "city", "day", "yes", "mark")).append(dialect.end);
    for (int i = 0; i < rows; i++) {
      if (dialect.comments && random.nextInt(5) == 0) {
        text.append("# \"open").append(dialect.end);
      } else if (random.nextInt(9) == 0) {
        text.append(dialect.end);
      }
      text.append(String.join(dialect.separator, gap(random, dialect.number(number(random, level))), kinds.get(random.nextInt(kinds.size())),
          dialect.number(number(random, level)), "\"any" + dialect.end + "thing\"", gap(random, dialect.number(number(random, i > rows / 2 ? 5 : level))),
          "city " + random.nextInt(50), "20" + (10 + random.nextInt(80)) + "-0" + (1 + random.nextInt(9)) + "-1" + random.nextInt(9),
          random.nextBoolean() ? "true" : "0", Integer.toString(random.nextInt(1 << random.nextInt(24))))).append(dialect.end);
    }
    byte[] bytes = text.toString().getBytes(dialect.charset());
    try (var out = Files.newOutputStream(folder.resolve(file)); var zip = dialect.zipped ? new GZIPOutputStream(out) : out) {
      zip.write(bytes);
    }
  }

  @Test
  void csvFilesOfEveryDialect() throws IOException {
    for (int seed = 0; seed < 60; seed++) {
      var random = new Random(seed);
      var dialect = Dialect.of(random);
      write("d.csv", dialect, random);
      assertSame(both("csv", "d.csv", dialect.options()), "seed " + seed + ", " + dialect);
    }
  }

  /** More rows than the buffer holds, and numbers that need more room the later they come. */
  @Test
  void numbersThatNeedMoreRoomLater() throws IOException {
    var text = new StringBuilder("a,b,age,kind,city,day,yes,mark\n");
    for (int i = 0; i < 30_000; i++) {
      text.append(i < 20_000 ? Integer.toString(i % 256) : i < 25_000 ? "0.5" : "0.1").append(",").append(i).append(',').append(i == 29_999 ? "1e300" : "7")
          .append(",k").append(i % 300).append(",c,2020-01-01,1,").append(i).append('\n');
    }
    Files.writeString(folder.resolve("d.csv"), text);
    assertSame(both("csv", "d.csv", Map.of("x", List.of("a", "b"))), "growing numbers");
  }

  @Test
  void whatIsWrongIsToldInTheSameWords() throws IOException {
    for (var line : List.of("1,2,oops,red,c,2020-01-01,1,1", "1,2,3,red,c,2020-01-01,1", "1,2,3,\"red,c,2020-01-01,1,1", "1,2,3,red,c,2020-13-01,1,1")) {
      Files.writeString(folder.resolve("d.csv"), "a,b,age,kind,city,day,yes,mark\n1,2,3,red,c,2020-01-01,1,1\n" + line + "\n");
      Map<String, Object> options = Map.of("x", List.of("a", "b"));
      var messages = new String[2];
      for (int i = 0; i < 2; i++) {
        Map<String, Object> all = new LinkedHashMap<>(options);
        all.put("stream", i == 1);
        assertThatThrownBy(() -> table("csv", "d.csv", all)).isInstanceOfSatisfying(Fault.class, fault -> messages[all.get("stream").equals(true) ? 1 : 0] = fault.toString());
      }
      assertThat(messages[1]).isEqualTo(messages[0]).contains("d.csv:3");
    }
  }

  /** Groups go by texts, not by the hashes that a network is fed. */
  @Test
  void partsGoByTheTextsOfHashedColumns() throws IOException {
    var random = new Random(5);
    var dialect = new Dialect(",", false, "\n", "utf-8", false, false);
    write("d.csv", dialect, random);
    var rows = new int[2][];
    for (int i = 0; i < 2; i++) {
      Map<String, Object> options = dialect.options();
      options.put("stream", i == 1);
      Source whole = Sources.source("csv", options, "d.csv");
      var few = FEEDS.stream().map(feed -> feed.name().equals("city") ? feed("city", ElementKind.INT, new ColumnType.Hashed(3)) : feed).toList();
      var roles = Map.of("train", Sources.source("split", Map.of("group", "city"), whole, 0.5));
      var spec = new ModelSpec("net", 32, "", few, List.of(), 0, List.of(), roles, Training.NONE, List.of(), Map.of());
      rows[i] = new Data(spec, new Folder(folder, null, System.err)).table("train").rows();
    }
    assertThat(rows[1]).isEqualTo(rows[0]).isNotEmpty();
  }

  // ---- JSON lines

  @Test
  void jsonLines() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder();
      for (int i = 0; i < 1 + random.nextInt(100); i++) {
        text.append("{\"x\": [").append(number(random, 5)).append(", ").append(random.nextInt(300)).append("], \"kind\": \"k\\n").append(random.nextInt(5))
            .append("\", \"city\": \"c").append(random.nextInt(50)).append("\", \"day\": \"2020-01-01\", \"yes\": ").append(random.nextBoolean())
            .append(", \"mark\": ").append(random.nextInt(70_000)).append(", \"age\": ").append(i > 0 && random.nextInt(4) == 0 ? "null" : number(random, 5)).append("}\n");
      }
      Files.writeString(folder.resolve("d.jsonl"), text);
      assertSame(both("jsonl", "d.jsonl", Map.of()), "seed " + seed);
    }
  }
}
