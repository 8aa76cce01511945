package nnc.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.util.HashSet;
import java.util.Random;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import nnc.draw.Scale.Spread;
import org.junit.jupiter.api.Test;

/** Scales, colours and pixels; oracles: what ticks are for, and Java's own reader of PNG. */
class ScaleTest {
  @Test
  void ticksAreFewRoundAndTold() {
    var random = new Random(1);
    for (int run = 0; run < 2000; run++) {
      double low = random.nextDouble(-1e5, 1e5);
      double width = Math.pow(10, random.nextDouble(-3, 6));
      var scale = Scale.even(low, low + width);
      var ticks = scale.ticks();
      assertThat(ticks).hasSizeBetween(2, 8).allSatisfy(tick -> assertThat(scale.place(tick)).isBetween(-1e-6, 1 + 1e-6));
      double step = ticks.get(1) - ticks.get(0);
      for (int i = 1; i < ticks.size(); i++) {
        assertThat(ticks.get(i) - ticks.get(i - 1)).isCloseTo(step, within(1e-6 * step));
      }
      var labels = ticks.stream().map(scale::label).toList();
      assertThat(new HashSet<>(labels)).as("labels tell ticks apart: %s", labels).hasSameSizeAs(labels);
      for (int i = 0; i < labels.size(); i++) {
        assertThat(Double.parseDouble(labels.get(i))).as("%s", labels).isCloseTo(ticks.get(i), within(0.51 * step));
      }
    }
  }

  @Test
  void valuesAndPlacesAreInverse() {
    var random = new Random(2);
    for (int run = 0; run < 2000; run++) {
      double low = Math.pow(10, random.nextDouble(-6, 6));
      double high = low * Math.pow(10, random.nextDouble(0.2, 6));
      double place = random.nextDouble();
      for (var spread : Spread.values()) {
        var scale = new Scale(low, high, spread);
        assertThat(scale.place(scale.value(place))).isCloseTo(place, within(1e-9));
      }
    }
  }

  @Test
  void rangesHoldAllNumbersAndEndAtTicks() {
    var scale = Scale.around(DoubleStream.of(0.13, 0.97, Double.NaN, Double.POSITIVE_INFINITY));
    assertThat(scale.low()).isCloseTo(0, within(1e-12));
    assertThat(scale.high()).isCloseTo(1, within(1e-12));
    assertThat(Scale.ratios(DoubleStream.of(0.02, 30, -1, 0)).ticks()).hasSize(5).first().isEqualTo(0.01);
    assertThat(Scale.around(DoubleStream.of(7, 7)).place(7)).isBetween(0.1, 0.9);
    assertThat(Scale.around(DoubleStream.empty()).ticks()).isNotEmpty();
  }

  @Test
  void pixelsAreReadAsTheyWereWritten() throws Exception {
    var random = new Random(3);
    var colours = random.ints(37 * 11, 0, 1 << 24).toArray();
    var read = ImageIO.read(new ByteArrayInputStream(new Raster(37, 11, (x, y) -> colours[37 * y + x]).png()));
    assertThat(read.getWidth()).isEqualTo(37);
    for (int i = 0; i < colours.length; i++) {
      assertThat(read.getRGB(i % 37, i / 37) & 0xffffff).isEqualTo(colours[i]);
    }
  }

  @Test
  void coloursRunFromEndToEnd() {
    assertThat(ColourMap.GREY.at(0.5)).isEqualTo(0x808080);
    assertThat(ColourMap.DIVERGING.at(-3)).isEqualTo(ColourMap.DIVERGING.at(0)).isNotEqualTo(ColourMap.DIVERGING.at(1));
    assertThat(ColourMap.DIVERGING.at(Double.NEGATIVE_INFINITY)).isEqualTo(ColourMap.DIVERGING.at(0));
    assertThat(ColourMap.SEQUENTIAL.at(Double.NaN)).isEqualTo(ColourMap.NONE);
  }
}
