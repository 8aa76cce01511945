package nnc.endtoend;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions whose pictures lie with their channels last are what the interpreter says: convolutions of one tap, of each channel, of steps, and of all kinds among them. */
class ChannelsLastTest {
  private static int one(Random random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A network of convolutions of every kind, with channels' weights and ways around. */
  private static final class Network {
    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private int channels;
    private int height;
    private int width;

    Network(Random random) {
      this.random = random;
      channels = one(random, 8, 12, 16, 33, 40);
      height = one(random, 1, 3, 7, 14, 19);
      width = one(random, 1, 4, 7, 14, 27);
      text.append("input x: float[N, 3, %d, %d]%nh0 = x |> conv2d(%d, kernel = 1, activation = relu)%n".formatted(height, width, channels));
    }

    private int size(int from, int kernel, int padding, int stride, int dilation) {
      return (from + 2 * padding - (kernel - 1) * dilation - 1) / stride + 1;
    }

    /** One more convolution; whether there was room for it. */
    private boolean convolution(int place, boolean depthwise) {
      int kernel = one(random, 1, 1, 3, 3, 5);
      int stride = one(random, 1, 1, 2, 3);
      int padding = random.nextInt(kernel + 1);
      int dilation = one(random, 1, 1, 2);
      int filters = depthwise ? channels : one(random, 8, 9, 16, 24, 40);
      if (height + 2 * padding <= (kernel - 1) * dilation || width + 2 * padding <= (kernel - 1) * dilation) {
        return false;
      }
      text.append("h%d = h%d |> conv2d(%d, kernel = %d, stride = %d, padding = %d, dilation = %d%s)%s%n".formatted(place, place - 1, filters, kernel, stride, padding, dilation,
          depthwise ? ", groups = " + channels : "", one(random, 0, 1) == 0 ? " |> tanh" : ""));
      channels = filters;
      height = size(height, kernel, padding, stride, dilation);
      width = size(width, kernel, padding, stride, dilation);
      return true;
    }

    private void step(int place) {
      int kind = random.nextInt(6);
      boolean done = kind < 4 && convolution(place, kind < 2);
      if (!done && kind == 4) {
        text.append("h%d = h%d * (mean(h%d, axis = [2, 3]) |> dense(%d, sigmoid) |> reshape([N, %d, 1, 1]))%n".formatted(place, place - 1, place - 1, channels, channels));
      } else if (!done) {
        int stride = one(random, 1, 2);
        int filters = one(random, 8, 17, 24);
        text.append(("h%d = relu((h%d |> conv2d(%d, kernel = 1, activation = relu) |> conv2d(%d, kernel = 3, padding = 1, stride = %d) |> conv2d(%d, kernel = 1)) "
            + "+ (h%d |> conv2d(%d, kernel = 1, stride = %d)))%n").formatted(place, place - 1, filters, filters, stride, filters, place - 1, filters, stride));
        channels = filters;
        height = size(height, 1, 0, stride, 1);
        width = size(width, 1, 0, stride, 1);
      }
    }

    String program() {
      int steps = 2 + random.nextInt(4);
      for (int i = 1; i <= steps; i++) {
        step(i);
      }
      text.append("output y = h%d%noutput z = mean(h%d, axis = [2, 3])%n".formatted(steps, random.nextInt(steps + 1)));
      return text.toString();
    }
  }

  @Property(tries = 8, seed = "51")
  void agreeWithTheInterpreter(@ForAll long seed) {
    var random = new Random(seed);
    Agreement.check(Programs.compile(new Network(random).program(), 64), one(random, 1, 2, 3), 1e-8, seed);
  }

  @Tag("slow")
  @Property(tries = 200, seed = "52")
  void agreeWithTheInterpreterForLong(@ForAll long seed) {
    agreeWithTheInterpreter(seed);
  }

  /** The same bits at all widths, by any number of threads. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void ofAllWidthsAndThreads(long seed) {
    var compiled = Programs.compile(new Network(new Random(seed)).program(), 32);
    Agreement.checkBits(compiled, 2, "y");
  }
}
