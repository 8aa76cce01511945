package nnc.explain.example;

import java.util.List;
import java.util.stream.Stream;
import nnc.draw.Svg;
import nnc.explain.example.Walkthrough.Stage;

/** A walkthrough as a picture: the way forward down the left side, stage by stage, and the gradients of each on its right, where the way back goes up. */
public final class WalkthroughSvg {
  private WalkthroughSvg() {}

  private static final double CHARACTER = 7.3;
  private static final int LINE = 16, PADDING = 12, GAP = 34, TOP = 50, LEFT = 20;
  private static final String FORWARD = "var(--main)", BACKWARD = "var(--other)";

  private static final int MARK = 6;

  /** The picture's text. */
  public static String of(Walkthrough walk) {
    int left = width(walk.stages().stream().flatMap(stage -> Stream.concat(Stream.of(stage.title()), WalkthroughText.forward(stage).stream())));
    int right = width(walk.stages().stream().flatMap(stage -> Stream.concat(Stream.of(stage.title()), WalkthroughText.backward(stage).stream())));
    boolean returns = walk.stages().stream().anyMatch(stage -> !stage.backward().isEmpty());
    int height = TOP + walk.stages().stream().mapToInt(stage -> height(stage) + GAP).sum();
    int width = Math.max((int) (walk.title().length() * 9) + 2 * LEFT, 2 * LEFT + left + (returns ? GAP + right : 0));
    var out = new Svg().begin(width, height, LEFT, walk.title());
    int y = TOP;
    for (int i = 0; i < walk.stages().size(); i++) {
      var stage = walk.stages().get(i);
      int tall = height(stage);
      card(out, LEFT, y, left, tall, FORWARD);
      text(out, LEFT, y, stage.title(), Stream.concat(WalkthroughText.forward(stage).stream(), stage.note().isEmpty() ? Stream.empty() : Stream.of(stage.note())).toList());
      if (!stage.backward().isEmpty()) {
        card(out, LEFT + left + GAP, y, right, tall, BACKWARD);
        text(out, LEFT + left + GAP, y, stage.title(), WalkthroughText.backward(stage));
      }
      if (i + 1 < walk.stages().size()) {
        arrow(out, LEFT + left / 2, y + tall + 4, y + tall + GAP - 4, FORWARD);
        if (!stage.backward().isEmpty() && !walk.stages().get(i + 1).backward().isEmpty()) {
          arrow(out, LEFT + left + GAP + right / 2, y + tall + GAP - 4, y + tall + 4, BACKWARD);
        }
      }
      y += tall + GAP;
    }
    return out.end();
  }

  private static int width(Stream<String> lines) {
    return (int) (lines.mapToInt(String::length).max().orElse(0) * CHARACTER) + 2 * PADDING;
  }

  private static int height(Stage stage) {
    int lines = Math.max(WalkthroughText.forward(stage).size() + (stage.note().isEmpty() ? 0 : 1), WalkthroughText.backward(stage).size());
    return (1 + lines) * LINE + 2 * PADDING;
  }

  private static void card(Svg out, int x, int y, int width, int height, String colour) {
    out.line("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\" fill=\"%s\" fill-opacity=\"0.06\" stroke=\"%s\"/>", x, y, width, height, colour, colour);
  }

  private static void text(Svg out, int x, int y, String title, List<String> lines) {
    out.line("<text x=\"%d\" y=\"%d\" class=\"head\">%s</text>", x + PADDING, y + PADDING + LINE - 4, Svg.escaped(title));
    for (int i = 0; i < lines.size(); i++) {
      out.line("<text x=\"%d\" y=\"%d\" style=\"font-family: monospace; white-space: pre\">%s</text>", x + PADDING, y + PADDING + (i + 2) * LINE - 4, Svg.escaped(lines.get(i)));
    }
  }

  private static void arrow(Svg out, int x, int from, int to, String colour) {
    int way = to > from ? -MARK : MARK;
    out.line("<path d=\"M %d %d L %d %d M %d %d L %d %d L %d %d\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>", x, from, x, to, x - MARK / 2, to + way, x, to, x + MARK / 2, to + way, colour);
  }
}
