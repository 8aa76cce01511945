package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;

import nnc.Covers;
import nnc.endtoend.Programs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers over three axes of space, and other sizes of pictures: what they say of arguments that do not fit. Their formulas are in {@code oracle.SpaceCases}. */
@Covers({"conv3d", "conv_transpose3d", "max_pool3d", "avg_pool3d", "adaptive_avg_pool3d", "adaptive_max_pool3d", "upsample3d", "lp_pool", "resize"})
class SpaceTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      conv3d(2, [1, 2])(x)                     | a number or a list of 3 is needed, and this list has 2
      conv3d(2, 7)(x)                          | the kernel reaches over 7 elements, and the padded input has 4
      conv3d(2, 3, groups = 2)(x)            | 2 groups do not divide 3 channels and 2 filters
      conv_transpose3d(2, 2, output_padding = 1)(x) | output_padding is less than the stride or the dilation
      max_pool3d(x, 2, padding = 2)          | padding is at most half the size
      conv3d(2, 3)(x[:, :, 0])               | conv3d takes float[N, C, D, H, V]
      resize(x)                            | either a size or a scale is needed
      resize(x, size = 3, scale = 2)         | either a size or a scale is needed
      resize(x, size = [3, 3])               | a number or a list of 3 is needed, and this list has 2
      resize(x, scale = 0.1)                 | the size that the scale leaves is at least 1, and this is 0
      resize(x, scale = 2, mode = "area")    | mode
      """)
  void whatDoesNotFitIsTold(String code, String fault) {
    assertThat(Programs.faults("input x: float[N, 3, 4, 5, 6]\noutput y = " + code)).contains(fault);
  }
}
