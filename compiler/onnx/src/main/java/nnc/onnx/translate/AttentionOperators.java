package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.add;
import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.list;
import static nnc.onnx.term.Formulas.mul;
import static nnc.onnx.term.Formulas.operate;
import static nnc.onnx.term.Formulas.sub;
import static nnc.onnx.term.Formulas.where;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.graph.Dim;
import nnc.graph.Kind;
import nnc.onnx.term.Formula;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** What transformers have as one operator since version 23. */
final class AttentionOperators {
  private AttentionOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("Attention", AttentionOperators::attention);
    table.put("RotaryEmbedding", AttentionOperators::rotary);
    return table;
  }

  /** {@code softmax(scale q k' + mask) v} in parallel heads; arrays are [N, heads, T, D], or [N, T, heads D] with the heads as attributes. */
  private static List<Term> attention(Use use) {
    refuse(use);
    boolean apart = use.in(0).rank() == 4;
    int heads = apart ? Use.fixed(use.in(0).dim(1), "the heads") : use.small("q_num_heads", 0);
    int groups = apart ? Use.fixed(use.in(1).dim(1), "the heads") : use.small("kv_num_heads", heads);
    if (heads < 1 || groups < 1 || heads % groups != 0) {
      throw use.not(groups + " heads of keys do not go with " + heads + " of queries");
    }
    var q = perHead(use, use.in(0), heads);
    var k = joined(use, 4, perHead(use, use.in(1), groups));
    var v = joined(use, 5, perHead(use, use.in(2), groups));
    var width = q.dim(3);
    double scale = use.given("scale") ? use.real("scale", 1) : 1 / Math.sqrt(Use.fixed(width, "the width of a head"));
    var raw = use.let(mul(operate("@", q, apply("transpose", repeated(k, heads / groups), list(0, 1, 3, 2))), scale));
    double cap = use.real("softcap", 0);
    // what is not seen stays so: the mask is behind the cap, as in ONNX Runtime
    var capped = cap == 0 ? raw : use.let(mul(apply("tanh", Formulas.div(raw, cap)), cap));
    var masked = masked(use, capped);
    var shares = use.let(apply("softmax", masked));
    var y = use.let(operate("@", shares, repeated(v, heads / groups)));
    var result = apart ? y : use.let(Formulas.reshape(apply("transpose", y, list(0, 2, 1, 3)), List.of(y.dim(0), y.dim(2), y.dim(3).times(heads))));
    return List.of(result, k, v, List.of(raw, masked, masked, shares).get(Math.clamp(use.small("qk_matmul_output_mode", 0), 0, 3)));
  }

  private static void refuse(Use use) {
    if (use.flag("is_causal", false) && (use.has(4) || use.has(5))) {
      throw use.not("it is causal and goes on from earlier keys, of which versions of the specification differ");
    }
    if (use.small("qk_matmul_output_mode", 0) > 0 && use.real("softcap", 0) != 0 && use.node().outputs().size() > 3) {
      throw use.not("it gives scores between a mask and a cap, of whose order versions of the specification differ");
    }
    if (use.has(6)) {
      throw use.not("its keys have lengths of their own");
    }
  }

  private static Term perHead(Use use, Term x, int heads) {
    if (x.rank() == 4) {
      return x;
    } else if (x.rank() != 3 || heads < 1) {
      throw use.not("it is of " + x.type() + " and " + heads + " heads");
    }
    var width = x.dim(2).dividedBy(Dim.of(heads)).orElseThrow(() -> use.not(heads + " heads do not divide a width of " + x.dim(2)));
    return use.let(apply("transpose", Formulas.reshape(x, List.of(x.dim(0), x.dim(1), Dim.of(heads), width)), list(0, 2, 1, 3)));
  }

  /** Behind what was there before. */
  private static Term joined(Use use, int past, Term x) {
    return use.has(past) ? use.let(apply("concat", list(List.of(use.in(past), x)), "axis", 2)) : x;
  }

  /** Each head of keys for several of queries. */
  private static Formula repeated(Term x, int times) {
    return times == 1 ? Formulas.of(x) : apply("repeat", x, times, "axis", 1);
  }

  private static Term masked(Use use, Term scores) {
    var y = scores;
    if (use.flag("is_causal", false)) {
      var seen = operate(">", apply("tril", apply("ones", y.dim(2), y.dim(3))), 0.5);
      y = use.let(where(seen, y, Double.NEGATIVE_INFINITY));
    }
    if (use.has(3)) {
      var mask = use.in(3);
      y = use.let(mask.element().kind() == Kind.BOOL ? where(mask, y, Double.NEGATIVE_INFINITY) : add(y, mask));
    }
    return y;
  }

  /** Pairs of numbers as points of the plane, turned by angles that follow from the place (Su et al. 2021). */
  private static List<Term> rotary(Use use) {
    boolean apart = use.in(0).rank() == 4;
    var x = perHead(use, use.in(0), use.small("num_heads", 0));
    int width = Use.fixed(x.dim(3), "the width of a head");
    int turned = use.small("rotary_embedding_dim", 0) > 0 ? use.small("rotary_embedding_dim", 0) : width;
    if (turned > width || turned % 2 != 0) {
      throw use.not("it turns " + turned + " of " + width + " numbers");
    }
    var part = turned == width ? Formulas.of(x) : Formulas.slice(x, 3, null, turned);
    var cosine = angles(use, 1, turned / 2);
    var sine = angles(use, 2, turned / 2);
    boolean pairs = use.flag("interleaved", false);
    var first = use.let(pairs ? Formulas.slice(part, 3, null, null, 2) : Formulas.slice(part, 3, null, turned / 2));
    var second = use.let(pairs ? Formulas.slice(part, 3, 1, null, 2) : Formulas.slice(part, 3, turned / 2, turned == width ? null : turned));
    var left = sub(mul(first, cosine), mul(second, sine));
    var right = add(mul(first, sine), mul(second, cosine));
    var whole = new ArrayList<>(x.shape().subList(0, 3));
    whole.add(Dim.of(turned));
    var y = use.let(pairs ? Formulas.reshape(apply("stack", list(List.of(left, right)), "axis", -1), whole) : apply("concat", list(List.of(left, right)), "axis", -1));
    var all = turned == width ? y : use.let(apply("concat", list(List.of(Formulas.of(y), Formulas.slice(x, 3, turned, null))), "axis", -1));
    return List.of(apart ? all : use.let(Formulas.reshape(apply("transpose", all, list(0, 2, 1, 3)), use.in(0).shape())));
  }

  /** Of each example's places, for all heads. */
  private static Term angles(Use use, int input, int count) {
    var table = use.in(input);
    var each = use.has(3) ? use.let(apply("take", table, use.in(3)), table.element()) : table;
    if (each.rank() != 3) {
      throw use.not("its angles are " + each.type());
    }
    return use.let(apply("expand", each.dim(2).is(count) ? Formulas.of(each) : Formulas.slice(each, 2, null, count), 1), table.element());
  }
}
