package nnc.runtime.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import nnc.endtoend.Programs;
import nnc.runtime.base.Fault;
import nnc.runtime.cli.TrainCommand;
import nnc.runtime.spec.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A setting is known to the compiler, to training and, where it is an option, to the command line, by one name. */
class SettingNamesTest {
  private static final String PROGRAM = """
      input  x: float[N, 2]
      target y: float[N]
      output z = x |> dense(1) |> flatten
      loss mse(z, y)
      train { optimizer = sgd(0.1) %s }
      """;

  private static String with(Setting setting, Object value) {
    return PROGRAM.formatted(setting == null ? "" : " " + setting.title() + " = " + value);
  }

  @ParameterizedTest
  @EnumSource
  void aProgramMaySayItAndTrainingHeedsIt(Setting setting) {
    var accepted = Stream.of("3", "true", "\"loss\"").filter(value -> Programs.faults(with(setting, value)).isEmpty()).toList();
    assertThat(accepted).as(setting.title()).hasSize(1);
    var spec = Programs.compile(with(setting, accepted.getFirst()), 32).spec();
    assertThat(spec.training().settings()).containsOnlyKeys(setting);
    // what it cannot be is told, by its name: so somebody reads it
    assertThatThrownBy(() -> TrainingSettings.of(spec, Map.of(setting, new Object())), "TrainingSettings reads %s", setting.title()).isInstanceOf(Fault.class).hasMessageContaining(setting.title());
  }

  @Test
  void whatTheCompilerAloneHeedsIsNotHandedOn() {
    var source = PROGRAM.formatted(" clip_norm = 1  accumulate = 2");
    assertThat(Programs.compile(source, 32).spec().training().settings()).isEmpty();
    assertThat(Programs.faults(PROGRAM.formatted(" pace = 1"))).contains("train has no setting 'pace'");
  }

  /** What is decided once for a network is no option. */
  @Test
  void othersAreOptionsToo() {
    var decided = Set.of(Setting.SHUFFLE, Setting.MONITOR, Setting.MODE, Setting.COMPARE, Setting.RESTORE_BEST);
    var options = Stream.of(Setting.values()).filter(setting -> !decided.contains(setting)).map(Setting::option).toList();
    assertThat(new TrainCommand().flags()).extracting(flag -> flag.name()).as("the options of TrainCommand").containsAll(options).contains("--checkpoint-steps");
  }

  @Test
  void theReadmeHasEveryOne() throws IOException {
    var words = List.of(Files.readString(Path.of("../README.md")).split("\\W+"));
    assertThat(Stream.of(Setting.values()).map(Setting::title)).as("settings that README.md tells of").allMatch(words::contains);
  }
}
