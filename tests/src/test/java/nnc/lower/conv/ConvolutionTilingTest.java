package nnc.lower.conv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import nnc.lower.conv.ConvolutionTiling.Way;
import org.junit.jupiter.api.Test;

/** What a convolution's vectors run through is chosen by its shape, and rows that share a margin hold what rows with their own do. */
class ConvolutionTilingTest {

  @Test
  void isChosenByShape() {
    assertThat(way(picture(6, 16, valid(14, 5)))).as("most of whose rows would be seams").isEqualTo(Way.SHIFTED);
    assertThat(way(picture(1, 6, same(28, 5)))).as("of few columns, for which copies are dear").isEqualTo(Way.FLAT);
    assertThat(way(picture(3, 16, same(32, 3)))).as("whose rows are whole vectors").isEqualTo(Way.ROWS);
    assertThat(way(picture(64, 64, same(8, 3)))).as("whose columns are whole vectors").isEqualTo(Way.COLUMNS);
    assertThat(way(picture(16, 32, new ConvolutionGeometry.Axis(16, 32, 3, 2, 1, 1, 1)))).as("that steps over places").isEqualTo(Way.COLUMNS);
    assertThat(way(picture(1, 1, new ConvolutionGeometry.Axis(28, 56, 3, 2, 1, 1, 1)))).as("that does, by channel").isEqualTo(Way.STRIDED);
    assertThat(way(picture(3, 16, new ConvolutionGeometry.Axis(112, 224, 3, 2, 1, 1, 1)))).as("that does, whose rows are long").isEqualTo(Way.STRIDED);
  }

  @Test
  void threadsShareTheColumnsOfASmallPicture() {
    var small = picture(6, 16, valid(14, 5));
    assertThat(ConvolutionTiling.of(small, 16).panels(16)).isEqualTo(2);
    assertThat(ConvolutionTiling.of(small, 16).byPanels(small)).isTrue();
    var large = picture(1, 6, same(28, 5));
    assertThat(ConvolutionTiling.of(large, 16).byPanels(large)).isFalse();
  }

  @Property(seed = "26")
  void rowsMayShareAMargin(@ForAll long seed) {
    var random = new Random(seed);
    var axis = new ConvolutionGeometry.Axis(1 + random.nextInt(9), 1 + random.nextInt(9), 1 + random.nextInt(5), 1, 1 + random.nextInt(2), 1 + random.nextInt(3),
        random.nextInt(10) - 3);
    int rows = 3;
    var together = new double[(rows - 1) * axis.pitch() + axis.extent()];
    for (int y = 0; y < rows; y++) {
      for (int x = axis.first(); x < axis.end(); x++) {
        together[y * axis.pitch() + x * axis.interior() + axis.shift()] = element(y, x);
      }
    }
    for (int y = 0; y < rows; y++) {
      for (int place = 0; place < axis.extent(); place++) {
        int x = Math.floorDiv(place - axis.shift(), axis.interior());
        boolean isElement = Math.floorMod(place - axis.shift(), axis.interior()) == 0 && x >= 0 && x < axis.size();
        assertThat(together[y * axis.pitch() + place]).as("%s, row %d, place %d", axis, y, place).isEqualTo(isElement ? element(y, x) : 0);
      }
    }
    assertThat(axis.pitch()).as("results of two rows stay apart").isGreaterThanOrEqualTo(axis.out());
  }

  private static double element(int y, int x) {
    return 1 + 100 * y + x;
  }

  private static Way way(ConvolutionGeometry conv) {
    return ConvolutionTiling.of(conv, 16).way();
  }

  private static ConvolutionGeometry.Axis valid(int size, int taps) {
    return new ConvolutionGeometry.Axis(size - taps + 1, size, taps, 1, 1, 1, 0);
  }

  private static ConvolutionGeometry.Axis same(int size, int taps) {
    return new ConvolutionGeometry.Axis(size, size, taps, 1, 1, 1, taps / 2);
  }

  private static ConvolutionGeometry picture(int channels, int columns, ConvolutionGeometry.Axis axis) {
    return new ConvolutionGeometry(null, null, false, 1, channels, columns, true, 2, axis, axis);
  }
}
