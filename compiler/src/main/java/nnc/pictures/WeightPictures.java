package nnc.pictures;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import nnc.draw.ColourMap;
import nnc.runtime.base.Text;
import nnc.runtime.spec.ModelSpec.Weight;

/**
 * Weights as pixels: what each unit of a layer looks for in pictures, the filters of convolutions, and small matrices as they are. Blue is below zero, white is
 * zero, orange is above; filters that read three channels have the colours that they look for.
 */
final class WeightPictures {
  private static final int MOST = 8, UNITS = 100, SIDE = 128;

  private WeightPictures() {}

  static List<Drawing> of(NetworkView view) {
    var drawings = new ArrayList<Drawing>();
    for (var weight : view.parameters()) {
      if (drawings.size() < MOST && weight.shape().size() >= 2) {
        drawing(view, weight).ifPresent(drawings::add);
      }
    }
    return drawings;
  }

  private static Optional<Drawing> drawing(NetworkView view, Weight weight) {
    var shape = weight.shape();
    var values = view.model().weight(weight.path()).toDoubles();
    double most = DoubleStream.of(values).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    var range = " Blue is " + Text.number(-most) + ", orange " + Text.number(most) + ".";
    if (shape.size() == 4 && shape.get(2) * shape.get(3) > 1) {
      return Optional.of(drawing(weight, filters(shape, values, most), shape.get(1) == 3 ? "" : range));
    }
    var picture = shape.size() == 2 ? view.inputs().stream().flatMap(feed -> view.picture(feed).stream()).filter(size -> size[0] * size[1] * size[2] == shape.getFirst()).findFirst()
        : Optional.<int[]>empty();
    if (picture.isPresent()) {
      return Optional.of(drawing(weight, units(shape.get(1), picture.get(), values, most), picture.get()[0] == 3 ? "" : range));
    }
    boolean small = shape.size() == 2 && shape.get(0) <= SIDE && shape.get(1) <= SIDE && weight.size() > 3;
    return small ? Optional.of(drawing(weight, new Tiles(1, 1, shape.get(0), shape.get(1), (_, i, j) -> signed(values[i * shape.get(1) + j], most)), range)) : Optional.empty();
  }

  private static Drawing drawing(Weight weight, Tiles tiles, String range) {
    return Drawing.png("weights-" + weight.path(), weight.path() + " " + weight.shape() + "." + range, tiles.png());
  }

  /** A picture a unit: its column of weights, as the pixels lie. */
  private static Tiles units(int units, int[] picture, double[] values, double most) {
    int shown = Math.min(units, UNITS);
    int columns = Math.min(shown, 10);
    int area = picture[1] * picture[2];
    return new Tiles(Math.ceilDiv(shown, columns), columns, picture[1], picture[2], (unit, i, j) -> unit >= shown ? -1
        : colour(picture[0], channel -> values[(channel * area + i * picture[2] + j) * units + unit], most));
  }

  /** A row a filter, a column a channel; of one or three channels one picture a filter. */
  private static Tiles filters(List<Integer> shape, double[] values, double most) {
    int channels = shape.get(1);
    int area = shape.get(2) * shape.get(3);
    if (channels == 1 || channels == 3) {
      int shown = Math.min(shape.getFirst(), UNITS);
      int columns = Math.min(shown, 10);
      return new Tiles(Math.ceilDiv(shown, columns), columns, shape.get(2), shape.get(3), (filter, i, j) -> filter >= shown ? -1
          : colour(channels, channel -> values[(filter * channels + channel) * area + i * shape.get(3) + j], most));
    }
    int rows = Math.min(shape.getFirst(), 16);
    int columns = Math.min(channels, 16);
    return new Tiles(rows, columns, shape.get(2), shape.get(3),
        (tile, i, j) -> signed(values[(tile / columns * channels + tile % columns) * area + i * shape.get(3) + j], most));
  }

  /** A number of each channel. */
  private interface Channels {
    double at(int channel);
  }

  private static int colour(int channels, Channels value, double most) {
    if (channels == 1) {
      return signed(value.at(0), most);
    }
    int rgb = 0;
    for (int channel = 0; channel < 3; channel++) {
      rgb = rgb << 8 | (int) Math.rint(255 * Math.clamp(most == 0 ? 0.5 : 0.5 + value.at(channel) / most / 2, 0, 1));
    }
    return rgb;
  }

  private static int signed(double value, double most) {
    return ColourMap.DIVERGING.at(most == 0 ? 0.5 : 0.5 + value / most / 2);
  }
}
