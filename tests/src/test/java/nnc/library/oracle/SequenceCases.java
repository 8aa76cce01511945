package nnc.library.oracle;

import static nnc.library.oracle.Domain.BITS;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Recurrences, attention and what belongs to sequences. */
final class SequenceCases {
  private SequenceCases() {}

  static List<Case> at(Size s) {
    var cases = new ArrayList<>(cells(s));
    cases.addAll(recurrences(s));
    cases.addAll(attentions(s));
    cases.addAll(masks(s));
    cases.addAll(CtcCases.at(s));
    return cases;
  }

  /** Hidden state, and what else is remembered; of one row. */
  record State(Jets h, Jets c) {}

  interface Cell {
    State step(Jets x, State last);
  }

  /** W' x + b of one row, from unit first on. */
  private static Jets linear(Jets x, Jets w, Jets b, int first, int units) {
    return Jets.build(new int[] {units}, j -> {
      var product = Jets.sum(x.dim(0), k -> x.at(k).times(w.at(k, first + j[0])));
      return b == null ? product : product.plus(b.at(first + j[0]));
    });
  }

  private static Cell rnn(Map<String, Jets> g, String path) {
    return (x, last) -> new State(linear(x, g.get(path + "W"), g.get(path + "b"), 0, last.h.dim(0))
        .plus(linear(last.h, g.get(path + "U"), null, 0, last.h.dim(0))).map(Jet::tanh), last.c);
  }

  /** Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000, as torch.nn.LSTM: gates i, f, g, o. */
  static Cell lstm(Map<String, Jets> g, String path) {
    return (x, last) -> {
      int n = last.h.dim(0);
      var gates = new ArrayList<Jets>();
      for (int gate = 0; gate < 4; gate++) {
        gates.add(linear(x, g.get(path + "W"), g.get(path + "b"), gate * n, n).plus(linear(last.h, g.get(path + "U"), null, gate * n, n)));
      }
      var c = gates.get(1).map(Jet::sigmoid).times(last.c).plus(gates.get(0).map(Jet::sigmoid).times(gates.get(2).map(Jet::tanh)));
      return new State(gates.get(3).map(Jet::sigmoid).times(c.map(Jet::tanh)), c);
    };
  }

  /** Cho et al. 2014, as torch.nn.GRU: gates r, z, n. */
  static Cell gru(Map<String, Jets> g, String path) {
    return (x, last) -> {
      int n = last.h.dim(0);
      Function<Integer, Jets> ofX = gate -> linear(x, g.get(path + "W"), g.get(path + "b"), gate * n, n);
      Function<Integer, Jets> ofH = gate -> linear(last.h, g.get(path + "U"), g.get(path + "d"), gate * n, n);
      var reset = ofX.apply(0).plus(ofH.apply(0)).map(Jet::sigmoid);
      var update = ofX.apply(1).plus(ofH.apply(1)).map(Jet::sigmoid);
      var fresh = ofX.apply(2).plus(reset.times(ofH.apply(2))).map(Jet::tanh);
      return new State(update.map(z -> Jet.ONE.minus(z)).times(fresh).plus(update.times(last.h)), last.c);
    };
  }

  interface Cells {
    Cell of(Map<String, Jets> g, String path);
  }

  private static Case weights(Case one, int gates, int width, int hidden, String... paths) {
    for (var path : paths) {
      one = one.weight(path + "W", width, gates * hidden).weight(path + "U", hidden, gates * hidden).weight(path + "b", gates * hidden);
      if (gates == 3) {
        one = one.weight(path + "d", gates * hidden);
      }
    }
    return one;
  }

  static Case cell(int batch, String layer, String code, int gates, int width, int hidden, Cells cells, boolean both, Domain domain) {
    var one = Case.layer(layer, code).rows("x", domain, batch, width).rows("h", batch, hidden).rows("c", batch, hidden);
    return weights(one, gates, width, hidden, "").is(g -> Jets.build(new int[] {batch, both ? 2 * hidden : hidden}, new Jets.Element() {
      private final List<State> states = IntStream.range(0, batch).mapToObj(i -> cells.of(g, "")
          .step(g.get("x").rows().get(i), new State(g.get("h").rows().get(i), g.get("c").rows().get(i)))).toList();

      @Override
      public Jet at(int... i) {
        var state = states.get(i[0]);
        return i[1] < hidden ? both ? state.h.at(i[1]) : state.h.at(i[1]).times(g.get("c").at(i)) : state.c.at(i[1] - hidden);
      }
    }));
  }

  private static List<Case> cells(Size s) {
    int n = s.upTo(65);
    return List.of(
        cell(s.batch(), "rnn_cell(3)", "L(x, h) * c", 1, n, 3, SequenceCases::rnn, false, Domain.NORMAL),
        cell(s.batch(), "lstm_cell(" + n + ")", "concat(L(x, h, c), axis = -1)", 4, 2, n, SequenceCases::lstm, true, Domain.NORMAL),
        cell(s.batch(), "gru_cell(" + n + ")", "L(x, h) * c", 3, 2, n, SequenceCases::gru, false, Domain.NORMAL));
  }

  /** The states after each step, in the order of time; where the mask is false the state stays and what comes out is zero. */
  private static List<Jets> along(Cell cell, Jets x, int row, int hidden, boolean backwards, Jets mask, List<Jets> last) {
    var zero = Jets.of(new double[hidden], hidden);
    var state = new State(zero, zero);
    var out = new ArrayList<Jets>();
    for (int i = 0; i < x.dim(1); i++) {
      int t = backwards ? x.dim(1) - 1 - i : i;
      boolean here = mask == null || mask.is(row, t);
      state = here ? cell.step(x.rows().get(row * x.dim(1) + t), state) : state;
      out.add(here ? state.h : zero);
    }
    last.add(state.h);
    if (backwards) {
      Collections.reverse(out);
    }
    return out;
  }

  private static Jets forwards(Map<String, Jets> g, Cells cells, int hidden, boolean sequences) {
    var x = g.get("x");
    var all = new ArrayList<Jet>();
    for (int row = 0; row < x.dim(0); row++) {
      var last = new ArrayList<Jets>();
      var out = along(cells.of(g, "forward."), x, row, hidden, false, g.get("m"), last);
      (sequences ? out : last).forEach(h -> all.addAll(List.of(h.all())));
    }
    return new Jets(sequences ? new int[] {x.dim(0), x.dim(1), hidden} : new int[] {x.dim(0), hidden}, all.toArray(Jet[]::new));
  }

  private static Jets bothWays(Map<String, Jets> g, Cells cells, int hidden, boolean sequences) {
    var x = g.get("x");
    var all = new ArrayList<Jet>();
    for (int row = 0; row < x.dim(0); row++) {
      var last = new ArrayList<Jets>();
      var ahead = along(cells.of(g, "forward."), x, row, hidden, false, g.get("m"), last);
      var behind = along(cells.of(g, "backward."), x, row, hidden, true, g.get("m"), last);
      for (int t = 0; sequences && t < x.dim(1); t++) {
        all.addAll(List.of(ahead.get(t).all()));
        all.addAll(List.of(behind.get(t).all()));
      }
      if (!sequences) {
        last.forEach(h -> all.addAll(List.of(h.all())));
      }
    }
    return new Jets(sequences ? new int[] {x.dim(0), x.dim(1), 2 * hidden} : new int[] {x.dim(0), 2 * hidden}, all.toArray(Jet[]::new));
  }

  private static List<Case> recurrences(Size s) {
    int batch = s.batch();
    int n = s.upTo(33);
    return List.of(
        weights(Case.layer("rnn(2)", "L(x)").rows("x", batch, s.upTo(7), 2), 1, 2, 2, "forward.").is(g -> forwards(g, SequenceCases::rnn, 2, true)),
        weights(Case.layer("rnn(2, bidirectional = true, sequences = false)", "L(x, m)").rows("x", batch, 3, n).given("m", BITS, batch, 3), 1, n, 2,
            "forward.", "backward.").is(g -> bothWays(g, SequenceCases::rnn, 2, false)),
        weights(Case.layer("lstm(" + n + ", sequences = false)", "L(x)").rows("x", batch, 3, 2), 4, 2, n, "forward.")
            .is(g -> forwards(g, SequenceCases::lstm, n, false)),
        weights(Case.layer("lstm(2, bidirectional = true)", "L(x, m)").rows("x", batch, 3, n).given("m", BITS, batch, 3), 4, n, 2,
            "forward.", "backward.").is(g -> bothWays(g, SequenceCases::lstm, 2, true)),
        weights(Case.layer("gru(" + n + ")", "L(x, m)").rows("x", batch, 3, 2).given("m", BITS, batch, 3), 3, 2, n, "forward.")
            .is(g -> forwards(g, SequenceCases::gru, n, true)),
        weights(Case.layer("gru(2, bidirectional = true, sequences = false)", "L(x)").rows("x", batch, 2, n), 3, n, 2,
            "forward.", "backward.").is(g -> bothWays(g, SequenceCases::gru, 2, false)));
  }

  /** softmax(q k' / sqrt(d)) v of each head's columns; Vaswani et al. 2017. */
  static Jets attended(Map<String, Jets> g, Jets q, Jets k, Jets v, int heads, boolean causal, boolean bias) {
    int width = q.dim(2) / heads;
    var a = projected(g, q, "q", bias);
    var b = projected(g, k, "k", bias);
    var c = projected(g, v, "v", bias);
    var shares = Jets.build(new int[] {q.dim(0), heads, q.dim(1), k.dim(1)}, i -> {
      var score = Jets.sum(width, d -> a.at(i[0], i[2], i[1] * width + d).times(b.at(i[0], i[3], i[1] * width + d))).over(Math.sqrt(width));
      boolean masked = g.get("m") != null && !g.get("m").is(i[0], i[3]);
      return causal && i[3] > i[2] ? Jet.of(Double.NEGATIVE_INFINITY) : masked ? Jet.of(-1e30) : score;
    }).byRow(Jets::softmax);
    return projected(g, Jets.build(q.shape(), i -> Jets.sum(k.dim(1), t -> shares.at(i[0], i[2] / width, i[1], t).times(c.at(i[0], t, i[2])))), "o", bias);
  }

  private static Jets projected(Map<String, Jets> g, Jets x, String which, boolean bias) {
    var product = x.matmul(g.get("W" + which));
    return bias ? product.plusRow(g.get("b" + which)) : product;
  }

  static Case projections(Case one, int width, boolean bias) {
    for (var which : List.of("q", "k", "v", "o")) {
      one = one.weight("W" + which, width, width);
      one = bias ? one.weight("b" + which, width) : one;
    }
    return one;
  }

  private static List<Case> attentions(Size s) {
    int n = s.upTo(33);
    return List.of(
        projections(Case.layer("self_attention(2)", "L(x)").rows("x", s.batch(), n, 4), 4, true)
            .is(g -> attended(g, g.get("x"), g.get("x"), g.get("x"), 2, false, true)),
        projections(Case.layer("self_attention(3, causal = true, bias = false)", "L(x, m)").rows("x", s.batch(), s.upTo(7), 6)
            .given("m", BITS, s.batch(), s.upTo(7)), 6, false)
            .is(g -> attended(g, g.get("x"), g.get("x"), g.get("x"), 3, true, false)),
        projections(Case.layer("attention(2)", "L(q, k, v, m)").rows("q", s.batch(), 3, 2 * n).rows("k", s.batch(), 2, 2 * n).rows("v", s.batch(), 2, 2 * n)
            .given("m", BITS, s.batch(), 2), 2 * n, true).is(g -> attended(g, g.get("q"), g.get("k"), g.get("v"), 2, false, true)),
        projections(Case.layer("attention(1, causal = true)", "L(q, k, v)").rows("q", s.batch(), 3, 2).rows("k", s.batch(), n, 2)
            .rows("v", s.batch(), n, 2), 2, true)
            .is(g -> attended(g, g.get("q"), g.get("k"), g.get("v"), 1, true, true)));
  }

  private static List<Case> masks(Size s) {
    int batch = s.batch();
    int n = s.n();
    return List.of(
        Case.of("positional(" + s.upTo(33) + ", " + (n + 1) + ") + 0 * x").fixed("x", Domain.NORMAL, s.upTo(33), n + 1)
            .is(g -> Jets.build(g.get("x").shape(), i -> {
              double angle = i[0] / Math.pow(10000, i[1] / 2 * 2.0 / (n + 1));
              return Jet.of(i[1] % 2 == 0 ? Math.sin(angle) : Math.cos(angle));
            })),
        Case.of("sequence_mask(k, " + n + ")").given("k", Domain.below(n + 1), batch)
            .is(g -> Jets.build(new int[] {batch, n}, i -> ShapeCases.truth(i[1] < g.get("k").whole(i[0])))).valuesOnly(),
        Case.of("masked_mean(x, m)").rows("x", batch, n, 2).given("m", BITS, batch, n).is(g -> Jets.scalar(masked(g.get("x"), g.get("m")))));
  }

  private static Jet masked(Jets x, Jets mask) {
    var kept = new ArrayList<Jet>();
    for (int i = 0; i < mask.all().length; i++) {
      if (mask.all()[i].v() != 0) {
        kept.add(x.all()[2 * i]);
        kept.add(x.all()[2 * i + 1]);
      }
    }
    return kept.isEmpty() ? Jet.ZERO : Jets.sum(kept).over(kept.size());
  }
}
