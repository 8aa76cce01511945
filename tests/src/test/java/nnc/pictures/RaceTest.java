package nnc.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import nnc.Said;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Optimizers on surfaces; oracles: their formulas with slopes taken by hand, and where the surfaces are lowest. */
@ResourceLock(Resources.SYSTEM_OUT)
class RaceTest {
  private static final Pattern PIXELS = Pattern.compile("base64,[^\"]*");

  @TempDir
  Path folder;

  @Test
  void descentFollowsTheSlope() throws Exception {
    var way = OptimizerRace.run(RaceSurface.known("rosenbrock").orElseThrow(), "sgd(0.001)", 200);
    double x = way.x()[0];
    double y = way.y()[0];
    for (int step = 1; step <= 200; step++) {
      double dx = -2 * (1 - x) - 400 * x * (y - x * x);
      double dy = 200 * (y - x * x);
      x -= 0.001 * dx;
      y -= 0.001 * dy;
      assertThat(way.x()[step]).isCloseTo(x, within(1e-9));
      assertThat(way.y()[step]).isCloseTo(y, within(1e-9));
      assertThat(way.heights()[step]).isCloseTo((1 - x) * (1 - x) + 100 * (y - x * x) * (y - x * x), within(1e-9));
    }
  }

  @Test
  void momentumRemembers() throws Exception {
    var way = OptimizerRace.run(RaceSurface.of("x^2 + 3 * y^2"), "momentum(0.02, 0.8)", 50);
    double[] at = {way.x()[0], way.y()[0]};
    double[] speed = {0, 0};
    for (int step = 1; step <= 50; step++) {
      for (int axis = 0; axis < 2; axis++) {
        speed[axis] = 0.8 * speed[axis] + (axis == 0 ? 2 : 6) * at[axis];
        at[axis] -= 0.02 * speed[axis];
      }
      assertThat(way.x()[step]).isCloseTo(at[0], within(1e-12));
      assertThat(way.y()[step]).isCloseTo(at[1], within(1e-12));
    }
  }

  /** Each by its name has a rate with which it gets there, or at least on. */
  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "amsgrad", "nadam", "lion", "lbfgs", "newton_cg"})
  void namesAreEnough(String optimizer) throws Exception {
    var beale = OptimizerRace.run(RaceSurface.known("beale").orElseThrow(), optimizer, 400);
    assertThat(beale.heights()[beale.steps()]).as("beale").isLessThan(0.2 * beale.heights()[0]);
    if (Stream.of("lbfgs", "newton_cg").noneMatch(optimizer::equals)) {
      var saddle = OptimizerRace.run(RaceSurface.known("saddle").orElseThrow(), optimizer, 400);
      assertThat(saddle.heights()[saddle.steps()]).as("saddle").isLessThan(0);
    }
  }

  @Test
  void whoLeavesIsNotFollowedFurther() throws Exception {
    var way = OptimizerRace.run(RaceSurface.known("beale").orElseThrow(), "sgd(10)", 100);
    assertThat(way.steps()).isLessThan(100);
    assertThat(DoubleStream.of(way.heights())).allSatisfy(height -> assertThat(height).isFinite());
  }

  /** {@code -Dgolden.update=true} draws it anew. Pixels are packed otherwise by other Javas, so lines alone are compared. */
  @Test
  void thePageShowsWhatIsDrawn() throws Exception {
    var out = folder.resolve("race.svg");
    var said = Said.byCompiler("race", "--surface", "beale", "--optimizers", "sgd,momentum,rmsprop,adam,lbfgs", "-o", out.toString());
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out()).contains("beale from 0.7", "adam(0.1)", "saved ");
    var drawn = Files.readString(out);
    var file = Path.of("../docs/pictures/race-beale.svg");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, drawn);
    }
    assertThat(PIXELS.matcher(Files.readString(file)).replaceAll("")).isEqualTo(PIXELS.matcher(drawn).replaceAll(""));
  }

  @Test
  void optimizersMayHaveCommas() {
    var said = race("--optimizers", "sgd(0.01), adam(0.1, beta1 = 0.5)", "--json", "--steps", "3");
    assertThat(said.code()).as(said.all()).isZero();
    assertThat(said.out().lines()).hasSize(2).element(1).asString().contains("\"optimizer\":\"adam(0.1, beta1 = 0.5)\"", "\"steps\":3");
  }

  @Test
  void whatCannotRaceIsSaid() throws Exception {
    assertThat(race("--surface", "beal").err()).contains("did you mean beale");
    assertThat(race("--optimizers", "adm").err()).contains("adam");
    assertThat(race("--optimizers", "adm").code()).isEqualTo(1);
    assertThat(race("--optimizers", "sgd,,adam").code()).isEqualTo(2);
    assertThat(race("--surface", "x^2 +").code()).isEqualTo(1);
    assertThat(race("--area", "1,0,0,1").code()).isEqualTo(2);
    assertThat(race("--start", "1").code()).isEqualTo(2);
    assertThat(race("--steps", "0").code()).isEqualTo(2);
    assertThat(Said.byCompiler("race", "-o", folder.resolve("race.png").toString()).err()).contains("ends in .svg");
  }

  private Said race(String... more) {
    return Said.byCompiler(Stream.concat(Stream.of("race", "-o", folder.resolve("r.svg").toString()), Stream.of(more)).toArray(String[]::new));
  }
}
