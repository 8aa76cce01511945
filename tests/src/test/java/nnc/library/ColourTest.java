package nnc.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import nnc.Covers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Colours that are changed in training. Oracles: the formulas as torchvision's and Keras' pages state them, pixel by pixel. */
@Covers({"brightness", "contrast", "saturation", "hue", "color_jitter", "channel_shift", "grayscale", "invert", "solarize", "posterize", "samplewise"})
class ColourTest {
  private static final int EXAMPLES = 3;
  private static final int PIXELS = 12;
  private static final String SHAPE = "3, 3, 4, 3";

  private static double[] each(double[] x, IntToDoubleFunction formula) {
    return IntStream.range(0, x.length).mapToDouble(formula).toArray();
  }

  private static double luma(double[] x, int i) {
    int first = i / (3 * PIXELS) * 3 * PIXELS + i % PIXELS;
    return 0.299 * x[first] + 0.587 * x[first + PIXELS] + 0.114 * x[first + 2 * PIXELS];
  }

  private static double meanLuma(double[] x, int i) {
    int example = i / (3 * PIXELS) * 3 * PIXELS;
    return IntStream.range(0, PIXELS).mapToDouble(p -> luma(x, example + p)).average().orElseThrow();
  }

  private static double[] brighter(double[] x, double f) {
    return each(x, i -> f * x[i]);
  }

  private static double[] contrasted(double[] x, double f) {
    return each(x, i -> f * x[i] + (1 - f) * meanLuma(x, i));
  }

  private static double[] saturated(double[] x, double f) {
    return each(x, i -> f * x[i] + (1 - f) * luma(x, i));
  }

  /** By the six sectors of HSV. */
  private static double[] turned(double[] x, double turn) {
    var y = x.clone();
    for (int n = 0; n < x.length / (3 * PIXELS); n++) {
      for (int p = 0; p < PIXELS; p++) {
        int at = n * 3 * PIXELS + p;
        double r = x[at];
        double g = x[at + PIXELS];
        double b = x[at + 2 * PIXELS];
        double v = Math.max(r, Math.max(g, b));
        double c = v - Math.min(r, Math.min(g, b));
        double h = v == r ? (g - b) / c : v == g ? 2 + (b - r) / c : 4 + (r - g) / c;
        double place = h + 6 * turn;
        place -= 6 * Math.floor(place / 6);
        int sector = (int) place;
        double f = place - sector;
        double low = v - c;
        double falling = v - c * f;
        double rising = v - c * (1 - f);
        double[] rgb = switch (sector) {
          case 0 -> new double[] {v, rising, low};
          case 1 -> new double[] {falling, v, low};
          case 2 -> new double[] {low, v, rising};
          case 3 -> new double[] {low, falling, v};
          case 4 -> new double[] {rising, low, v};
          default -> new double[] {v, low, falling};
        };
        for (int channel = 0; channel < 3; channel++) {
          y[at + channel * PIXELS] = rgb[channel];
        }
      }
    }
    return y;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 1, 2.5})
  void factorsFollowTheFormulas(double f) {
    var brightness = new Varied("brightness(w, [%1$s, %1$s])".formatted(f), SHAPE);
    Piece.assertClose(brightness.shown(), brighter(brightness.picture(), f), 1e-14);
    var contrast = new Varied("contrast(w, [%1$s, %1$s])".formatted(f), SHAPE);
    Piece.assertClose(contrast.shown(), contrasted(contrast.picture(), f), 1e-14);
    var saturation = new Varied("saturation(w, [%1$s, %1$s])".formatted(f), SHAPE);
    Piece.assertClose(saturation.shown(), saturated(saturation.picture(), f), 1e-14);
    var held = new Varied("brightness(3 * w, [%1$s, %1$s], limit = 1)".formatted(f), SHAPE);
    Piece.assertClose(held.shown(), Arrays.stream(held.picture()).map(v -> Math.clamp(3 * v * f, 0, 1)).toArray(), 1e-14);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, -0.25, 0.5, 1.3})
  void huesTurnAboutTheirCircle(double turn) {
    var varied = new Varied("hue(w, [%1$s, %1$s])".formatted(turn), SHAPE);
    Piece.assertClose(varied.shown(), turned(varied.picture(), turn), 1e-12);
    var grey = new Varied("hue(0 * w + w[:, :1], [%1$s, %1$s])".formatted(turn), SHAPE);
    assertThat(grey.shown()).containsExactly(each(grey.picture(), i -> grey.picture()[i / (3 * PIXELS) * 3 * PIXELS + i % PIXELS]));
  }

  @Test
  void aJitterIsAllOfThem() {
    var varied = new Varied("color_jitter(w, brightness = [0.7, 0.7], contrast = [1.2, 1.2], saturation = [0.4, 0.4], hue = [0.2, 0.2])", SHAPE);
    Piece.assertClose(varied.shown(), turned(saturated(contrasted(brighter(varied.picture(), 0.7), 1.2), 0.4), 0.2), 1e-12);
    var none = new Varied("color_jitter(w)", SHAPE);
    assertThat(none.shown()).containsExactly(none.picture());
  }

  @ParameterizedTest
  @CsvSource({"false, 3", "true, 1"})
  void channelsMoveApartOrAlike(boolean alike, int different) {
    int examples = 1000;
    var varied = new Varied("channel_shift(w, 20, alike = %s)".formatted(alike), examples + ", 3, 2, 2");
    double[] x = varied.picture();
    double[] y = varied.shown();
    double[] off = each(y, i -> y[i] - x[i]);
    for (int i = 0; i < off.length; i++) {
      assertThat(off[i]).isCloseTo(off[i - i % 4], within(1e-12));
      assertThat(Math.abs(off[i])).isLessThanOrEqualTo(20);
    }
    assertThat(IntStream.range(0, 3).mapToLong(c -> Math.round(1e6 * off[4 * c])).distinct().count()).isEqualTo(different);
    assertThat(DoubleStream.of(off).average().orElseThrow()).isCloseTo(0, within(5 * 20 / Math.sqrt(3.0 * examples * different)));
  }

  /** What is done to some examples is done to all of one, and to so many. */
  @ParameterizedTest
  @CsvSource(delimiterString = "===", value = {"grayscale(w, 0.3) === grey", "invert(w, 0.3, limit = 2) === 2 - w", "solarize(w, 0.2, p = 0.3, limit = 4) === high",
      "posterize(w, 3, p = 0.3, limit = 1) === bits"})
  void someExamplesAreChanged(String expression, String formula) {
    int examples = 400;
    var varied = new Varied(expression, examples + ", 3, 2, 2");
    double[] x = varied.picture();
    double[] y = varied.shown();
    int changed = 0;
    for (int n = 0; n < examples; n++) {
      int first = 12 * n;
      double[] expected = IntStream.range(0, 12).mapToDouble(i -> switch (formula) {
        case "grey" -> 0.299 * x[first + i % 4] + 0.587 * x[first + 4 + i % 4] + 0.114 * x[first + 8 + i % 4];
        case "bits" -> (((int) Math.rint(255 * x[first + i])) & ~31) / 255.0;
        case "high" -> x[first + i] >= 0.2 ? 4 - x[first + i] : x[first + i];
        default -> 2 - x[first + i];
      }).toArray();
      double[] own = Arrays.copyOfRange(y, first, first + 12);
      if (Arrays.equals(own, Arrays.copyOfRange(x, first, first + 12))) {
        continue;
      }
      Piece.assertClose(own, expected, 1e-12);
      changed++;
    }
    assertThat(changed / (double) examples).isCloseTo(0.3, within(5 * Math.sqrt(0.21 / examples)));
  }

  @Test
  void eachPictureByItselfHasMeanZeroAndDeviationOne() {
    var piece = Piece.of("input x: float[N, 2, 3, 4]\noutput y = samplewise(x)\noutput c = samplewise(x, scale = false)\noutput s = samplewise(x, center = false)", 1);
    double[] x = piece.feed(EXAMPLES, "x", 72, new Random(4));
    double[] y = piece.predict("y");
    double[] centred = piece.predict("c");
    double[] scaled = piece.predict("s");
    for (int i = 0; i < 72; i++) {
      double[] own = Arrays.copyOfRange(x, i / 24 * 24, i / 24 * 24 + 24);
      double mean = Arrays.stream(own).average().orElseThrow();
      double deviation = Math.sqrt(Arrays.stream(own).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
      assertThat(y[i]).isCloseTo((x[i] - mean) / (deviation + 1e-6), within(1e-12));
      assertThat(centred[i]).isCloseTo(x[i] - mean, within(1e-12));
      assertThat(scaled[i]).isCloseTo(x[i] / (deviation + 1e-6), within(1e-12));
    }
  }
}
