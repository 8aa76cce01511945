package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.Compiler;
import nnc.Said;
import nnc.runtime.Model;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.Npz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dates in texts: the numbers that are fed of them. Oracle: the JDK's calendar. */
class DatesTest {
  private static final Map<String, ChronoField> FIELDS = Map.of("year", ChronoField.YEAR, "month", ChronoField.MONTH_OF_YEAR, "day", ChronoField.DAY_OF_MONTH, "weekday",
      ChronoField.DAY_OF_WEEK, "yearday", ChronoField.DAY_OF_YEAR);

  @TempDir
  Path folder;

  private String program(String format) {
    var inputs = FIELDS.keySet().stream().map(part -> "input " + part + ": date(\"" + part + "\"" + format + ")[N]\noutput of_" + part + " = " + part).collect(Collectors.joining("\n"));
    var columns = Stream.concat(Stream.of("days"), FIELDS.keySet().stream()).map(part -> part + " = \"when\"").collect(Collectors.joining(", "));
    return inputs + "\ninput days: date(\"days\"" + format + ")?[N]\noutput of_days = days |> fill(-7)\ndata { train = csv(\"d.csv\", " + columns + ") }";
  }

  private Said predict(Model model, String text) throws IOException {
    Files.writeString(folder.resolve("d.csv"), text);
    return Said.byNetwork(model, folder, "predict", "--in", folder.resolve("d.csv").toString(), "--out", folder.resolve("o.npz").toString());
  }

  private Map<String, Tensor> numbers(Model model, String text) throws IOException {
    var said = predict(model, text);
    assertThat(said.code()).as(said.all()).isZero();
    return Npz.read(folder.resolve("o.npz"));
  }

  @Test
  void anyDateGivesTheNumbersOfTheCalendar() throws IOException {
    var random = new Random(4);
    var dates = IntStream.range(0, 2000).mapToObj(i -> LocalDate.ofEpochDay(random.nextInt(100_000) - 40_000)).toList();
    for (var format : Map.of("", "uuuu-MM-dd", "format = \"dd.mm.yyyy\"", "dd.MM.uuuu", "format = \"m/d/yyyy\"", "M/d/uuuu", "format = \"yyyymmdd\"", "uuuuMMdd").entrySet()) {
      var writer = DateTimeFormatter.ofPattern(format.getValue(), Locale.ROOT);
      var model = Compiler.load(Programs.compile(program(format.getKey().isEmpty() ? "" : ", " + format.getKey()), 64));
      var read = numbers(model, "when\n" + dates.stream().map(writer::format).collect(Collectors.joining("\n")));
      assertThat(read.get("of_days").toDoubles()).isEqualTo(dates.stream().mapToDouble(date -> ChronoUnit.DAYS.between(LocalDate.of(1970, 1, 1), date)).toArray());
      FIELDS.forEach((part, field) -> assertThat(read.get("of_" + part).toDoubles()).as(part).isEqualTo(dates.stream().mapToDouble(date -> date.get(field)).toArray()));
    }
  }

  @Test
  void aTimeIsAFractionOfADayAndADateMayBeMissing() throws IOException {
    var model = Compiler.load(Programs.compile("input when: date?[N]\noutput days = when |> fill(-7)\ndata { train = csv(\"d.csv\") }", 64));
    var days = numbers(model, "when\n1970-01-02 12:00\n1970-01-01T06:00:00Z\n\"\"\nNA\n1969-12-31T23:59:59.5\n").get("days").toDoubles();
    assertThat(days).containsExactly(new double[] {1.5, 0.25, -7, -7, -0.5 / 86_400}, within(1e-12));
  }

  @Test
  void whatIsNoDateIsToldWithItsPlaceAndWhatToSay() throws IOException {
    var model = Compiler.load(Programs.compile("input when: date[N]\noutput days = when\ndata { train = csv(\"d.csv\") }", 32));
    for (var wrong : Map.of("31.1.2024", "is no date written as yyyy-mm-dd", "2024-02-30", "is no date of the calendar", "24-1-1", "is no date written as",
        "2024-01-01x", "is no date written as", "2024-01-01 25:00", "is no date written as", "2024-1", "is no date written as").entrySet()) {
      var said = predict(model, "when\n2024-01-01\n" + wrong.getKey() + "\n");
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.all()).contains("d.csv:3:1: '" + wrong.getKey() + "' " + wrong.getValue()).contains("(column when)").contains("format = \"dd.mm.yyyy\"");
    }
    assertThat(predict(model, "when\n\"\"\n").all()).contains("an empty field is no date").contains("date?[N]");
  }

  @Test
  void whatADateCannotGiveIsRefused() {
    assertThat(Programs.faults("input x: date(\"hour\")[N] output y = x")).contains("a date gives one of days, year, month, day, weekday, yearday");
    assertThat(Programs.faults("input x: date(format = \"dd.mm.yy\")[N] output y = x")).contains("a format has yyyy, mm and dd once each");
    assertThat(Programs.faults("input x: date(format = \"1-mm-dd\")[N] output y = x")).contains("a format has yyyy, mm and dd once each");
    assertThat(Programs.faults("input x: date?(\"month\")[N] output y = x |> fill(1)")).isNotEmpty();
    assertThat(Programs.faults("input x: date(\"month\")?[N] output y = x |> fill(1)")).contains("only days may be missing: date?[N]");
    assertThat(Programs.faults("param x: date[3] = zeros output y = x")).contains("only an input or target is a date; elsewhere it is float, its days");
  }
}
