package nnc.library.oracle;

import java.util.ArrayList;
import java.util.List;

/** Connectionist temporal classification as its definition has it (Graves et al. 2006, section 3): by all ways to read a class of each frame. */
final class CtcCases {
  private CtcCases() {}

  private static final int CLASSES = 3;

  static List<Case> at(Size s) {
    int batch = s.batch();
    return List.of(of(batch, 4, 2, "", 0), of(batch, 5, 2, ", blank = 2", 2), of(batch, 3, 1, "", 0), of(batch, 1, 1, "", 0));
  }

  /** Some sequences have fewer frames than symbols and cost 7. */
  private static Case of(int batch, int frames, int symbols, String options, int blank) {
    return Case.of("ctc_loss(z, t, f, l" + options + ", impossible = 7)").rows("z", batch, frames, CLASSES)
        .given("t", Domain.each("int", r -> (blank + 1 + r.nextInt(CLASSES - 1)) % CLASSES), batch, symbols).given("f", Domain.below(frames + 1), batch)
        .given("l", Domain.below(symbols + 1), batch)
        .is(g -> Jets.scalar(Jets.sum(batch, row -> {
          var target = new ArrayList<Integer>();
          for (int i = 0; i < g.get("l").whole(row); i++) {
            target.add(g.get("t").whole(row, i));
          }
          return cost(g.get("z"), row, g.get("f").whole(row), target, blank);
        }).over(batch)));
  }

  private static Jet cost(Jets z, int row, int frames, List<Integer> target, int blank) {
    Jet all = Jet.ZERO;
    boolean possible = false;
    for (int path = 0; path < Math.pow(CLASSES, frames); path++) {
      Jet likely = Jet.ONE;
      var spelled = new ArrayList<Integer>();
      int last = -1;
      for (int t = 0, rest = path; t < frames; t++, rest /= CLASSES) {
        int read = rest % CLASSES;
        int frame = t;
        likely = likely.times(ShapeCases.logSoftmax(Jets.build(new int[] {CLASSES}, i -> z.at(row, frame, i[0]))).at(read).exp());
        if (read != last && read != blank) {
          spelled.add(read);
        }
        last = read;
      }
      if (spelled.equals(target)) {
        all = all.plus(likely);
        possible = true;
      }
    }
    return possible ? all.log().neg() : Jet.of(7);
  }
}
