package nnc.runtime.data;

import static nnc.runtime.data.Sources.source;
import static nnc.runtime.data.Sources.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import nnc.runtime.base.Fault;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class CsvTest {
  private static final Path FOLDER = temporary();
  private static final Path FILE = FOLDER.resolve("a.csv");

  /** One for all tries of a property. */
  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("csv");
      folder.toFile().deleteOnExit();
      folder.resolve("a.csv").toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What inputs called x and y get of a FILE. */
  private Table read(String text) throws IOException {
    Files.writeString(FILE, text);
    return read(Map.of());
  }

  private Table read(Map<String, ?> named) {
    return Sources.table(FOLDER, source("csv", named, "a.csv"), "x", "y");
  }

  private AbstractThrowableAssert<?, ?> refused(String text, Map<String, ?> named) throws IOException {
    Files.writeString(FILE, text);
    return assertThatThrownBy(() -> read(named)).isInstanceOf(Fault.class);
  }

  private AbstractThrowableAssert<?, ?> refused(String text) throws IOException {
    return refused(text, Map.of());
  }

  private static String hint(Throwable fault) {
    return ((Fault) fault).hint();
  }

  // ---- what is a number

  @Property(tries = 2000, seed = "1", edgeCases = EdgeCasesMode.NONE)
  void whatIsWrittenAsADecimalIsANumberAndNothingElse(
      @ForAll @StringLength(min = 1, max = 5) @CharRange(from = '+', to = '9') @CharRange(from = 'd', to = 'f') @Chars({'x', 'E'}) String text) {
    boolean decimal = text.matches("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?");
    if (decimal && !Double.isInfinite(new BigDecimal(text).doubleValue())) {
      assertThat(Decimal.parse(text)).isEqualTo(new BigDecimal(text).doubleValue());
    } else {
      assertThatThrownBy(() -> Decimal.parse(text)).isInstanceOf(NumberFormatException.class);
    }
  }

  @Property(tries = 1000, seed = "1")
  void everyNumberIsReadAsItIsWritten(@ForAll double number) {
    assertThat(Decimal.parse(Double.toString(number))).isEqualTo(number);
    if (Double.isFinite(number)) {
      assertThat(Decimal.parse(new BigDecimal(number).toPlainString())).isEqualTo(number + 0.0);
    }
  }

  @Test
  void javasOwnNumbersAreNone() throws IOException {
    for (String text : List.of("1d", "2f", "4D", "0x1p3", "1_000", "1 000", "\u0661", "\u22121", "1e", "e5", ".", "+", "--1", "1e+", "0x10", "1L", "nanx")) {
      refused("x,y\n1,2\n" + text + ",3\n").hasMessage(FILE + ":3:1: '" + text + "' is not a number (column x)");
    }
  }

  @Test
  void notANumberAndInfinityAreWrittenAsElsewhere() throws IOException {
    Table table = read("x,y\nnan,inf\nNaN,-Infinity\n-nan,+INF\n");
    assertThat(values(table.column("x"))).containsOnly(Double.NaN);
    assertThat(values(table.column("y"))).containsExactly(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
  }

  @Test
  void whatIsMissingOrTooLargeIsNoNumber() throws IOException {
    refused("x,y\n1,\n").hasMessage(FILE + ":2:3: an empty field is not a number (column y)")
        .satisfies(fault -> assertThat(hint(fault)).contains("input y: float?[N]"));
    refused("x,y\nNA,1\n").satisfies(fault -> assertThat(hint(fault)).contains("input x: float?[N]"));
    refused("x,y\n1,1e999\n").hasMessage(FILE + ":2:3: '1e999' is beyond what a number of 64 bits can be (column y)");
    assertThat(values(read("x,y\n1e-999,1\n").column("x"))).containsExactly(0);
  }

  // ---- which column

  @Test
  void quotesAreReadAndColumnsPutTogether() throws IOException {
    Files.writeString(FILE, "\ufeffx,\"the \"\"y\"\"\",kind\r\n1.5, -2 ,0\r\n\r\n\"3\",4e1,1\n");
    Table table = read(Map.of("point", List.of("x", "the \"y\""), "label", "kind"));
    assertThat(table.column("point").shape()).containsExactly(2);
    assertThat(values(table.column("point"))).containsExactly(1.5, -2, 3, 40);
    assertThat(table.column("label").shape()).isEmpty();
    assertThat(values(table.column("label"))).containsExactly(0, 1);
  }

  @Test
  void whatFeedsNothingIsNotRead() throws IOException {
    Table table = read("id,x,note,y,\nanna,1,\"a\n\"\"b\"\",c\",2,\n,3,,4,\n");
    assertThat(table.columns()).extracting(Column::name).containsExactly("x", "y");
    assertThat(values(table.column("x"))).containsExactly(1, 3);
    assertThat(values(table.column("y"))).containsExactly(2, 4);
    assertThat(table.names()).isEqualTo("x, y, id, note");
  }

  @Test
  void twoColumnsOfOneNameAreBothNamed() throws IOException {
    refused("x,y,y\n1,2,200\n").hasMessage(FILE + ":1: columns 2 and 3 are both called y");
    assertThat(values(read("a,x,a,y\n1,2,3,4\n").column("y"))).containsExactly(4);
    refused("a,x,a,y\n1,2,3,4\n", Map.of("x", "a")).hasMessage(FILE + ":1: columns 1 and 3 are both called a");
  }

  @Test
  void accentsMayBeComposedOrNot() throws IOException {
    String name = "gr\u00f6\u00dfe \u1e69";
    for (var form : Normalizer.Form.values()) {
      for (var other : Normalizer.Form.values()) {
        Files.writeString(FILE, Normalizer.normalize(name, form) + ",y\n1,2\n");
        assertThat(values(read(Map.of("x", Normalizer.normalize(name, other))).column("x"))).containsExactly(1);
      }
    }
  }

  @Test
  void columnsThatAreNotThereAreNamed() throws IOException {
    refused("x,y\n1,2", Map.of("label", "z")).hasMessage(FILE + ": no column z; it has x, y");
    refused("a,b\n1,2").hasMessage(FILE + ": none of its columns is called as an input or target; it has a, b");
    refused("x,y\n1,2", Map.of("label", List.of())).hasMessage("net.nn:3: csv: label must name one column at least");
    assertThatThrownBy(() -> Sources.table(FOLDER, source("csv", Map.of(), "b.csv"))).hasMessage(FOLDER.resolve("b.csv") + ": no such file or folder");
  }

  // ---- what separates

  @Test
  void anotherSeparatorIsFoundOut() throws IOException {
    for (String separator : List.of(",", ";", "\t", "|")) {
      assertThat(values(read("x" + separator + "y\n1" + separator + "2\n").column("y"))).containsExactly(2);
      assertThat(values(read("\"x\"" + separator + "\"a,a;a|a\ta,;;||\t\t\n\"" + separator + "y\n1" + separator + "2" + separator + "3\n").column("y"))).containsExactly(3);
      assertThat(values(read(Map.of("separator", separator)).column("y"))).containsExactly(3);
    }
    refused("x,y\n1,2\n", Map.of("separator", "::")).hasMessage("net.nn:3: csv: separator must be one character");
    refused("x;y\n1;2\n", Map.of("separator", ",")).satisfies(fault -> assertThat(hint(fault)).contains("separator = \";\""));
    refused("x,y\n1,2\n", Map.of("separator", ",", "decimal", ",")).hasMessageContaining("not separated by what numbers have");
  }

  @Test
  void decimalCommasAreFoundOut() throws IOException {
    refused("x;y\n1,5;2\n", Map.of("separator", ";")).hasMessage(FILE + ":2:1: '1,5' is not a number (column x)")
        .satisfies(fault -> assertThat(hint(fault)).contains("numbers have a decimal point, 1.5").contains("decimal = \",\""));
    refused("x,y\n1,5,2,5\n").hasMessage(FILE + ":2: 4 fields, the header has 2")
        .satisfies(fault -> assertThat(hint(fault)).contains("decimal point"));
  }

  @Test
  void linesHaveAsManyFieldsAsTheHeader() throws IOException {
    refused("x,y\n1,2\n3\n").hasMessage(FILE + ":3: 1 fields, the header has 2");
    refused("x,y\n1,2,\n").hasMessage(FILE + ":2: 3 fields, the header has 2")
        .satisfies(fault -> assertThat(hint(fault)).contains("at the end of a line"));
    refused("x,y,\n1,2\n").hasMessage(FILE + ":2: 2 fields, the header has 3");
  }

  // ---- text

  @Test
  void faultsHaveLineAndColumn() throws IOException {
    refused("x,y\n1,2\n3,four\n").hasMessage(FILE + ":3:3: 'four' is not a number (column y)");
    refused("x,y\r\n\r\n1,2\r\n3,four\r\n").hasMessage(FILE + ":4:3: 'four' is not a number (column y)");
    refused("n,x,y\n\"a\nb\",1,2\n\"\",3,four\n").hasMessage(FILE + ":4:6: 'four' is not a number (column y)");
    refused("x,y\r1,2\r3,four").hasMessage(FILE + ":3:3: 'four' is not a number (column y)");
    refused("x,y\n\"1,2\n").hasMessage(FILE + ":2:1: the quoted field has no end");
    refused("x,y\n\"1\"2,3\n").hasMessage(FILE + ":2:4: expected , behind the quoted field");
  }

  @Test
  void filesWithoutRowsSaySo() throws IOException {
    for (String text : List.of("", "\ufeff", "\n\n", " \r\n\t\n")) {
      refused(text).hasMessage(FILE + ": empty");
    }
    for (String text : List.of("x,y", "x,y\n", "x,y\n\n \n")) {
      refused(text).hasMessage(FILE + ": no rows");
    }
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    refused("x,y\n1,\u00002\n").hasMessage(FILE + ":2:3: a NUL character: the file is damaged, or no text");
    Files.write(FILE, "x,y\n1,2\n".getBytes(StandardCharsets.UTF_16LE));
    assertThatThrownBy(() -> read(Map.of())).hasMessageStartingWith(FILE + ": not UTF-8");
    Files.write(FILE, "x,y\n1,2\n".getBytes(Charset.forName("UTF-32LE")));
    assertThatThrownBy(() -> read(Map.of())).hasMessageStartingWith(FILE + ": not UTF-8");
    Files.write(FILE, "\ufeffx,y\n1,2\n".getBytes(Charset.forName("UTF-32LE")));
    assertThatThrownBy(() -> read(Map.of())).hasMessage(FILE + ": text in UTF-32");
    Files.write(FILE, "gr\u00f6\u00dfe,y\n1,2\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> read(Map.of("x", "gr\u00f6\u00dfe"))).hasMessageContaining("no column gr\u00f6\u00dfe")
        .satisfies(fault -> assertThat(hint(fault)).contains("UTF-8"));
  }

  @Test
  void longLinesDoNotFillTheMemory() throws IOException {
    refused("x,y\n1," + "1".repeat(1 << 17) + "\n").hasMessage(FILE + ":2:3: a field of more than 65536 characters");
    assertThat(values(read("n,x,y\n" + "n".repeat(1 << 22) + ",1,2\n").column("y"))).containsExactly(2);
    refused(",".repeat(1 << 20) + "\n").hasMessage(FILE + ":1: more than 1048576 fields");
  }

  /** Whatever the dialect, numbers come back as they were. */
  @Property(tries = 300, seed = "1", edgeCases = EdgeCasesMode.NONE)
  void whatIsWrittenInAnyDialectIsRead(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    String separator = List.of(",", ";", "\t", "|").get(random.nextInt(4));
    String end = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
    Charset charset = List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE).get(random.nextInt(3));
    var text = new StringBuilder(charset != StandardCharsets.UTF_8 || random.nextBoolean() ? "\ufeff" : "");
    text.append("n\u00e4me").append(separator).append("x").append(separator).append("\"y\"").append(end);
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int row = 0; row < 1 + random.nextInt(50); row++) {
      x.add(Double.longBitsToDouble(random.nextLong()));
      y.add((double) random.nextInt(100));
      text.append(note(random, separator)).append(separator).append(field(x.get(row).toString(), random)).append(separator)
          .append(field(Long.toString((long) (double) y.get(row)), random)).append(random.nextInt(9) == 0 ? end + " " : "").append(end);
    }
    text.setLength(text.length() - (random.nextBoolean() ? end.length() : 0));
    byte[] bytes = text.toString().getBytes(charset);
    Files.write(FILE, random.nextBoolean() ? bytes : zipped(bytes));
    Table table = read(Map.of("separator", separator));
    assertThat(values(table.column("x"))).containsExactly(x.stream().mapToDouble(d -> d).toArray());
    assertThat(values(table.column("y"))).containsExactly(y.stream().mapToDouble(d -> d).toArray());
  }

  private static String field(String number, Random random) {
    return random.nextInt(3) == 0 ? '"' + number + '"' : " ".repeat(random.nextInt(2)) + number + " ".repeat(random.nextInt(2));
  }

  /** A text that nobody reads. */
  private static String note(Random random, String separator) {
    String note = List.of("", "anna", "a" + separator + "b", "a\r\nb", "say \"no\"", "\u00f6\ud83d\ude00", "1d").get(random.nextInt(7));
    return note.matches("[a-z0-9\u00f6]*") && random.nextBoolean() ? note : '"' + note.replace("\"", "\"\"") + '"';
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(out)) {
      zip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void placesAreThoseOfTheFile() throws IOException {
    Table table = read("n,x,y\n\n\"a\nb\",1,nan\n,3,4\n");
    assertThat(table.column("y").place(0, table.origin())).isEqualTo(FILE + ":4:6");
    assertThat(table.column("x").place(1, table.origin())).isEqualTo(FILE + ":5:2");
    Files.delete(FILE);
    assertThat(table.column("x").place(1, table.origin())).isEqualTo("row 1 of " + FILE);
  }
}
