package nnc.library.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nnc.driver.Compilation;
import nnc.driver.CompilerOptions;
import nnc.driver.FaultyProgram;
import nnc.elaborate.BuiltinNames;
import nnc.elaborate.Elaborator;
import nnc.elaborate.Prelude;
import nnc.graph.Op;
import nnc.graph.random.OpKind;
import org.junit.jupiter.api.Test;

/** What the library has that no formula stands for fails the build, unless it is listed here for a reason. */
class CompletenessTest {
  /** @param names with a space between them */
  private record Without(String reason, String names) {}

  private static final List<Without> WITHOUT = List.of(
      new Without("checks of hyper-parameters and sizes: HyperparametersTest",
          "at_least within label_of each same_padding paddings groups_divide transposed scaled_size rising needs error"),
      new Without("parts of the functions and layers that have a formula",
          "prod_of place_among convolved pool_windows last_axes max_pool avg_pool space_axes adaptive split_axis resized_places resize_nearest resize_between along_axis cubic_weight along sequence steps_of units_of conv conv_input "
              + "along_axes weighing of_two of_classes counted weighted_mean or_one difference binary_weighing counted_rows rows_mean hinge_terms ctc_step centred tamed tamed_along unit_axes toward_norm initialiser marked part_of"),
      new Without("penalties of what layers give: ActivityTest", "activity penalised"),
      new Without("starts of weights and what holds for them: InitializersTest and WeightSettingsTest",
          "constant truncated_normal glorot_uniform glorot_normal he_uniform he_normal lecun_uniform lecun_normal sparse data_mean data_deviation data_median data_mode data_centre data_zca data_pca weight"),
      new Without("drawn numbers, absent from prediction: NoiseTest and InitialisersTest have their moments",
          "dropout channel_dropout gaussian_noise gaussian_dropout bernoulli uniform normal"),
      new Without("pictures varied in training, absent from prediction: WarpTest has the formulas of fixed amounts and the moments of drawn ones",
          "augment rotate translate shear zoom stretch elastic flip random_crop gaussian_blur extent drawn above_zero pictures by_example some_examples rows_of columns_of"),
      new Without("colours changed and parts mixed in training: ColourTest and MixingTest",
          "held_to channels_of luma colours factor_of brightness contrast saturation hue color_jitter jittered channel_shift grayscale invert solarize posterize "
              + "cutout in_pictures random_erasing log_gamma_draw beta_draw label_shares mixup cutmix samplewise"),
      new Without("updates, step by step: OptimizerTest, FadingTest and SecondOrderTest",
          "sgd momentum nesterov adagrad adadelta rmsprop adam amsgrad adamw nadam lion newton_cg lbfgs cubic_least line_from line_search chosen searchable "
              + "faded faded_square mixed begun over_root ema swa swa_of"),
      new Without("functions of the step: ScheduleTest",
          "warmup cosine_decay step_decay exponential_decay polynomial_decay one_cycle ramp inverse_sqrt cosine_restarts reduce_on_plateau validation_loss"),
      new Without("gradients, which all of the tables take", "grad"),
      new Without("derivatives: DerivativesTest", "same_sizes fixed_count vjp jvp hvp jacobian hessian batch_jacobian batch_hessian"),
      new Without("texts that networks write, beside all texts that they could: DecodingTest", "generate sample beam_search begun_with ones_of"),
      new Without("tokens of categories: TermFrequencyTest", "tf_idf data_idf"),
      new Without("what stands for missing numbers: FillTest", "fill missing if_missing"),
      new Without("questions to the compiler, which compute nothing", "compose shape rank len is_list is_text is_none is_number kind text class_count named"));

  private static Set<String> defined() {
    var names = new TreeSet<>(BuiltinNames.all());
    names.addAll(Prelude.names());
    return names;
  }

  private static Set<String> called() {
    var size = new Size(2, 3);
    return OracleTest.TABLES.values().stream().flatMap(table -> table.apply(size).stream()).flatMap(one -> Stream.of(one.layer(), one.code()))
        .flatMap(code -> Pattern.compile("(\\w+)\\s*\\(").matcher(code).results()).map(call -> call.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> listed() {
    return WITHOUT.stream().flatMap(one -> Stream.of(one.names.split(" "))).toList();
  }

  @Test
  void everyNameHasAFormula() {
    var without = new TreeSet<>(defined());
    without.removeAll(called());
    listed().forEach(without::remove);
    assertThat(without).as("names of the library that no case calls: ElementwiseCases, ShapeCases, LayerCases and others have a formula for each").isEmpty();
  }

  /** What no program can say is of no use. */
  @Test
  void everyOpIsSaidBySomeCase() throws FaultyProgram {
    var said = new TreeSet<OpKind>();
    for (var table : OracleTest.TABLES.values()) {
      for (var sheet : OracleTest.sheets(table.apply(new Size(2, 3)))) {
        var program = new Compilation("cases.nn", sheet.text().replaceAll("(?m)^output c\\d+_\\w+_H = .*$", ""), CompilerOptions.standard());
        var graph = program.elaborate(List.of(Elaborator.Purpose.PREDICT)).get(Elaborator.Purpose.PREDICT).graph();
        graph.nodes().forEach(node -> said.add(OpKind.of(node.op())));
      }
    }
    var unsaid = new TreeSet<>(OpKind.all());
    unsaid.removeAll(said);
    // constants are of whatever kind folding leaves; draws have no formula
    unsaid.removeIf(kind -> kind.op() == Op.Const.class || kind.op() == Op.Uniform.class);
    assertThat(unsaid).as("ops and functions that no case of the library says: PointwiseBuiltins, ReduceBuiltins, ShapeBuiltins or SpecialBuiltins has a name for each").isEmpty();
  }

  @Test
  void whatIsCalledIsThere() {
    var defined = defined();
    assertThat(called()).filteredOn(name -> !defined.contains(name) && !name.equals("L")).as("names that cases call and neither the library nor PointwiseBuiltins, ReduceBuiltins, ShapeBuiltins or SpecialBuiltins define").isEmpty();
  }

  @Test
  void whatIsListedIsThereAndHasNone() {
    assertThat(listed()).doesNotHaveDuplicates().isSubsetOf(defined()).doesNotContainAnyElementsOf(new ArrayList<>(called()));
  }
}
