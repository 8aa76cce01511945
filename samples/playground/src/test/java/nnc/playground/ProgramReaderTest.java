package nnc.playground;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import nnc.Compiler;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.source.WarningName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program of the controls, and the controls of a program: one gives back the other, whatever stands on the controls. */
class ProgramReaderTest {
  @Provide
  Arbitrary<PageSettings> settings() {
    return Combinators.combine(data(), Arbitraries.of(Feature.values()).list().uniqueElements().ofMinSize(1), Arbitraries.integers().between(1, 16).list().ofMaxSize(8),
        Arbitraries.of(PageSettings.ACTIVATIONS), learning()).as(PageSettings::new)
        // without hidden layers nothing says what their activation would be
        .map(all -> all.layers().isEmpty() ? new PageSettings(all.data(), all.features(), all.layers(), "tanh", all.learning()) : all);
  }

  private static Arbitrary<DataChoice> data() {
    var noise = Arbitraries.integers().between(0, 50);
    var share = Arbitraries.integers().between(10, 90);
    var seeds = Arbitraries.longs().between(0, 1L << 40);
    var generated = Combinators.combine(Arbitraries.of("circle", "xor", "plane", "bumps"), noise, share, seeds).as((set, n, s, seed) -> new DataChoice(set, 2, n, s, seed, null));
    var many = Combinators.combine(Arbitraries.of("gauss", "spiral"), Arbitraries.integers().between(2, 8), noise, share, seeds)
        .as((set, classes, n, s, seed) -> new DataChoice(set, classes, n, s, seed, null));
    var names = Arbitraries.of("x", "two words", "say \"y\"", "back\\slash", "größe", "a, b");
    var classes = Arbitraries.integers().between(1, 12).map(count -> count == 1 ? 0 : count);
    var own = Combinators.combine(names, names, names, classes, share, Arbitraries.doubles().between(-1e6, 1e6).ofScale(3), Arbitraries.doubles().between(0.001, 1e6).ofScale(3))
        .as((x, y, label, count, s, centre, spread) -> new DataChoice(DataChoice.OWN, 2, 0, s, 0,
            new OwnTable("my-table_1.csv", x, y, label, count, count == 0 ? centre : 0, count == 0 ? spread : 1)));
    return Arbitraries.oneOf(generated, many, own);
  }

  private static Arbitrary<PageSettings.Learning> learning() {
    var rates = Arbitraries.oneOf(Arbitraries.of(0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0), Arbitraries.doubles().between(1e-9, 1000).ofScale(9));
    return Combinators.combine(rates, Arbitraries.of(PageSettings.Learning.OPTIMIZERS), Arbitraries.of(PageSettings.Learning.REGULARIZATIONS), rates,
        Arbitraries.integers().between(1, 1000), Arbitraries.longs().between(0, 1L << 40))
        .as((rate, optimizer, regularization, strength, batch, seed) -> new PageSettings.Learning(rate, optimizer, regularization,
            regularization.equals("none") ? 0 : strength, batch, seed));
  }

  @Property(tries = 400, seed = "26")
  void aProgramTellsItsSettings(@ForAll("settings") PageSettings settings) {
    assertThat(ProgramReader.read(ProgramWriter.write(settings))).contains(settings);
  }

  /** Warnings of what a user may choose by the controls, wisely or not. */
  private static final Set<WarningName> CHOICES =
      EnumSet.of(WarningName.GRADIENT_SCALE, WarningName.SATURATED_START, WarningName.LEARNING_RATE, WarningName.BATCH_SIZE);

  /** By the compiler's own judgement: warnings are for what is probably not meant, as are layers with no activation between. */
  @Property(tries = 8, seed = "26")
  void noProgramIsWarnedOfButForWhatIsChosen(@ForAll("settings") PageSettings all) throws FaultyProgram {
    var settings = new PageSettings(all.data(), all.features(), all.layers(), all.activation().equals("identity") ? "relu" : all.activation(), all.learning());
    var text = ProgramWriter.write(settings);
    assertThat(Compiler.compile("page.nn", text, CompilerOptions.standard()).warnings().faults().stream()
        .filter(fault -> fault.name().filter(CHOICES::contains).isEmpty()).map(fault -> fault.message())).as(text).isEmpty();
  }

  @Test
  void spacesCommentsAndZerosSayNothing() {
    var first = ProgramWriter.write(PageSettings.first());
    var other = first.replace("0.03", "0.0300").replace("\n\n", "\n# a remark\n\n").replace(" = ", "  =  ");
    assertThat(ProgramReader.read(other)).contains(PageSettings.first());
  }

  /** Edits by hand that controls can say move them. */
  @Test
  void editsMoveTheControls() {
    var first = ProgramWriter.write(PageSettings.first());
    var edited = ProgramReader.read(first.replace("dense(4, tanh)", "dense(7, tanh)").replace("sgd(0.03)", "adam(0.5)").replace("noise = 0,", "noise = 0.2,"));
    assertThat(edited.map(PageSettings::layers)).contains(List.of(7, 2));
    assertThat(edited.map(settings -> settings.learning().optimizer() + settings.learning().rate())).contains("adam0.5");
    assertThat(edited.map(settings -> settings.data().noise())).contains(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dense(4, tanh)|dense(4, relu)", "|> squeeze(1)|", "epochs = 200|epochs = 200  shuffle = false", "mse(guess, 2 * label - 1) / 2|mse(guess, 2 * label - 1)",
      "guess > 0|guess > 1", "500|501", "[x1, x2]|[x1, x2^3]", "noise = 0|noise = 0.7", "sgd(0.03)|lion(0.03)", "split(train, 0.5)|split(train, 0.05)"})
  void allElseIsTheAuthorsOwn(String edit) {
    var parts = edit.split("\\|", -1);
    var other = edit.startsWith("|>") ? new String[] {"|> squeeze(1)", ""} : parts;
    var text = ProgramWriter.write(PageSettings.first());
    assertThat(text).contains(other[0]);
    assertThat(ProgramReader.read(text.replaceFirst(java.util.regex.Pattern.quote(other[0]), other[1]))).isEqualTo(Optional.empty());
  }

  @Test
  void nonsenseIsNobodysSettings() {
    for (var text : List.of("", "#", "\"", "optimizer = sgd(1.2.3) batch = 1 epochs = 1 seed = 99999999999999999999", "features = concat([")) {
      assertThat(ProgramReader.read(text)).as(text).isEmpty();
    }
  }
}
