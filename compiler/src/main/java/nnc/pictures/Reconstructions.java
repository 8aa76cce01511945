package nnc.pictures;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import nnc.draw.ColourMap;
import nnc.elaborate.OutputUse;
import nnc.graph.Kind;
import nnc.runtime.spec.ModelSpec.Feed;

/** Pictures and what a network makes of them: outputs of the shape of an input that is pictures, each below what it was made from. */
final class Reconstructions {
  private static final int ACROSS = 12, BANDS = 2;

  private Reconstructions() {}

  static List<Drawing> of(NetworkView view) {
    var drawings = new ArrayList<Drawing>();
    for (var feed : view.inputs()) {
      var size = view.picture(feed);
      if (size.isPresent()) {
        int[] shape = view.table().column(feed.name()).shape();
        for (var output : view.outputs()) {
          var type = output.type();
          boolean same = type.kind() == Kind.FLOAT && type.rank() == shape.length + 1;
          for (int axis = 0; same && axis < shape.length; axis++) {
            same = type.dim(axis + 1).is(shape[axis]);
          }
          if (same) {
            drawings.add(drawing(view.first(ACROSS * BANDS), feed, output, size.get()));
          }
        }
      }
    }
    return drawings;
  }

  private static Drawing drawing(NetworkView view, Feed feed, OutputUse output, int[] size) {
    var given = view.fed(feed).values();
    var made = view.output(output).values();
    int count = view.table().size();
    int columns = Math.min(ACROSS, count);
    int bands = Math.ceilDiv(count, columns);
    int area = size[1] * size[2];
    double[][] ranges = {range(given), range(made)};
    var tiles = new Tiles(2 * bands, columns, size[1], size[2], (tile, i, j) -> {
      int row = tile / columns;
      int example = row / 2 * columns + tile % columns;
      if (example >= count) {
        return -1;
      }
      var values = row % 2 == 0 ? given : made;
      var range = ranges[row % 2];
      int rgb = 0;
      for (int channel = 0; channel < 3; channel++) {
        double value = values[(example * size[0] + channel % size[0]) * area + i * size[2] + j];
        rgb |= ColourMap.GREY.at((value - range[0]) / (range[1] - range[0])) & 0xff << 16 - 8 * channel;
      }
      return rgb;
    });
    return Drawing.png("reconstruction-" + output.name(), feed.name() + " of " + view.part() + ", and " + output.name() + " below each.", tiles.png());
  }

  private static double[] range(double[] values) {
    var all = DoubleStream.of(values).filter(Double::isFinite).summaryStatistics();
    return all.getCount() == 0 || all.getMin() == all.getMax() ? new double[] {0, 1} : new double[] {all.getMin(), all.getMax()};
  }
}
