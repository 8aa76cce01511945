package nnc.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import nnc.Compiler;
import nnc.Said;
import nnc.driver.CompilerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The samples on tables learn from files in the form of well-known ones, which are made up here and lie beside them. */
class TablesTest {
  private static final Path SAMPLES = Path.of("..", "samples", "tables");

  @TempDir
  Path folder;

  // ---- the files

  private static String rows(String header, int count, long seed, Function<Random, String> row) {
    var random = new Random(seed);
    var text = new StringBuilder(header);
    for (int i = 1; i <= count; i++) {
      text.append(row.apply(random).replace("ROW", Integer.toString(i))).append('\n');
    }
    return text.toString();
  }

  private static String one(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }

  private static String fixed(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static String passenger(Random random) {
    int level = 1 + random.nextInt(3);
    boolean woman = random.nextInt(3) == 0;
    double age = Math.max(1, 30 + 14 * random.nextGaussian());
    double fare = 90.0 / level / level * (0.6 + random.nextDouble());
    double score = (woman ? 2.4 : -1.6) + 1.1 * (2 - level) - 0.02 * (age - 30) + random.nextGaussian();
    String known = random.nextInt(5) == 0 ? "" : fixed("%.0f", age);
    return String.join(",", "ROW", score > 0 ? "1" : "0", Integer.toString(level),
        "\"" + one(random, "Abel", "Berg", "Costa", "O'Neil") + (woman ? ", Mrs. " : ", Mr. ") + one(random, "Kim", "Jo", "Sam \"\"Lee\"\"") + "\"",
        woman ? "female" : "male", known, Integer.toString(random.nextInt(3)), Integer.toString(random.nextInt(2)), "A" + random.nextInt(9999),
        fixed("%.4f", fare), random.nextInt(4) == 0 ? "C" + random.nextInt(99) : "", random.nextInt(99) == 0 ? "" : one(random, "S", "S", "C", "Q"));
  }

  private static String flower(Random random) {
    int kind = random.nextInt(3);
    var names = new String[] {"Iris-setosa", "Iris-versicolor", "Iris-virginica"};
    return fixed("%.1f,", 5 + 0.8 * kind + 0.4 * random.nextGaussian()) + fixed("%.1f,", 3.4 - 0.3 * (kind > 0 ? 1 : 0) + 0.3 * random.nextGaussian())
        + fixed("%.1f,", 1.5 + (kind > 0 ? 1.6 + 1.2 * kind : 0) + 0.3 * random.nextGaussian()) + fixed("%.1f,", 0.25 + (kind > 0 ? 0.3 + 0.75 * kind : 0)
        + 0.12 * random.nextGaussian()) + names[kind];
  }

  private static String earner(Random random) {
    int years = 6 + random.nextInt(11);
    boolean man = random.nextInt(3) > 0;
    int age = 18 + random.nextInt(50);
    int hours = 20 + random.nextInt(40);
    int gain = random.nextInt(10) == 0 ? random.nextInt(9000) : 0;
    double score = 0.5 * (years - 11) + 0.05 * (age - 43) + 0.06 * (hours - 40) + (man ? 0.3 : -0.5) + gain / 3000.0 - 0.7 + 0.8 * random.nextGaussian();
    return String.join(", ", Integer.toString(age), one(random, "Private", "Private", "State-gov", "Self-emp-inc", "?"), Integer.toString(20000 + random.nextInt(300000)),
        years < 9 ? "11th" : years < 13 ? "HS-grad" : years < 16 ? "Bachelors" : "Masters", Integer.toString(years), one(random, "Never-married", "Divorced"),
        one(random, "Sales", "Adm-clerical", "Craft-repair", "?"), "Not-in-family", one(random, "White", "Black", "Other"), man ? "Male" : "Female",
        Integer.toString(gain), "0", Integer.toString(hours), one(random, "United-States", "United-States", "Mexico", "?"), score > 0 ? ">50K" : "<=50K");
  }

  private static String district(Random random) {
    double west = -124 + 10 * random.nextDouble();
    double income = Math.exp(1.2 + 0.4 * random.nextGaussian());
    int households = 50 + random.nextInt(900);
    var ocean = west < -123 ? "NEAR BAY" : west < -121 ? "NEAR OCEAN" : west < -119 ? "<1H OCEAN" : "INLAND";
    double price = 45000 * income + (ocean.equals("INLAND") ? 0 : 60000) + 15000 * random.nextGaussian();
    String bedrooms = random.nextInt(20) == 0 ? "" : fixed("%.1f", households * 1.05);
    return String.join(",", fixed("%.2f", west), fixed("%.2f", 33 + 8 * random.nextDouble()), fixed("%.1f", 1.0 + random.nextInt(50)), fixed("%.1f", households * 5.2),
        bedrooms, fixed("%.1f", households * 2.9), fixed("%.1f", (double) households), fixed("%.4f", income), fixed("%.1f", Math.max(15000, price)), ocean);
  }

  private static final Map<String, String> FILES = new TreeMap<>(Map.of(
      "titanic.csv", rows("PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked\n", 400, 1, TablesTest::passenger),
      "iris.data", rows("", 150, 2, TablesTest::flower) + "\n",
      "adult.data", rows("", 400, 3, TablesTest::earner),
      "housing.csv", rows("longitude,latitude,housing_median_age,total_rooms,total_bedrooms,population,households,median_income,median_house_value,ocean_proximity\n",
          400, 4, TablesTest::district)));

  @Test
  void theFilesAreThoseThatAreMadeUpHere() throws IOException {
    for (var file : FILES.entrySet()) {
      if (Boolean.getBoolean("golden.update")) {
        Files.writeString(SAMPLES.resolve(file.getKey()), file.getValue());
      }
      assertThat(Files.readString(SAMPLES.resolve(file.getKey()))).isEqualTo(file.getValue());
    }
  }

  // ---- the programs

  /** By the figure of the test part: better than the most frequent class, or the mean, by far. */
  @ParameterizedTest
  @CsvSource({"titanic, accuracy, 0.75, 1", "iris, accuracy, 0.9, 1", "adult, accuracy, 0.75, 1", "housing, error, 0, 0.35"})
  void samplesLearn(String sample, String figure, double low, double high) throws Exception {
    var program = SAMPLES.resolve(sample + ".nn");
    assertThat(Files.readAllLines(program)).hasSizeLessThan(25);
    var network = Compiler.load(Compiler.compile(program, new CompilerOptions(Map.of(), 32, java.util.List.of(), java.util.List.of(), _ -> { })));
    var weights = folder.resolve("w.npz").toString();
    var said = Said.byNetwork(network, SAMPLES, "train", "--out", weights);
    assertThat(said.code()).as(said.all()).isZero();
    var last = said.all().substring(said.all().lastIndexOf("test"));
    var told = Pattern.compile(figure + "\\s+([0-9.]+)").matcher(last);
    assertThat(told.find()).as(last).isTrue();
    assertThat(Double.parseDouble(told.group(1))).as(last).isBetween(low, high);
    var file = FILES.keySet().stream().filter(name -> name.startsWith(sample)).findFirst().orElseThrow();
    var out = folder.resolve("o.csv");
    var predicted = Said.byNetwork(network, SAMPLES, "predict", "--weights", weights, "--in", SAMPLES.resolve(file).toString(), "--out", out.toString());
    assertThat(predicted.code()).as(predicted.all()).isZero();
    assertThat(Files.readAllLines(out)).hasSize(1 + (int) FILES.get(file).lines().filter(line -> !line.isBlank() && !line.contains("Survived") && !line.contains("longitude")).count());
  }
}
