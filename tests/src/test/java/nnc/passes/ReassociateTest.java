package nnc.passes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import nnc.graph.Dim;
import nnc.graph.Graph;
import nnc.graph.GraphBuilder;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Type;
import nnc.graph.UnaryFn;
import org.junit.jupiter.api.Test;

/** Common factors and reshapes of arithmetic, one by one, and where these stay. */
class ReassociateTest {
  private static final Dim N = Dim.open("N");
  private static final List<Dim> FLAT = List.of(N.times(2), Dim.of(3));
  private static final List<Dim> CUT = List.of(N, Dim.of(6));

  private final GraphBuilder b = new GraphBuilder();
  private final Node g = floats("g", FLAT);
  private final Node x = floats("x", FLAT);
  private final Node y = floats("y", FLAT);
  private final Node z = floats("z", FLAT);
  private final Node w = floats("w", List.of(Dim.of(6), Dim.of(2)));

  private Node floats(String name, List<Dim> shape) {
    return b.input(name, Type.floats(shape));
  }

  private Graph graph(Node... results) {
    return b.finish("predict", IntStream.range(0, results.length)
        .mapToObj(i -> new Graph.Result(Graph.Role.OUTPUT, "y" + i, results[i])).toList());
  }

  private void becomes(Graph before, Node... after) {
    var expected = Rewritten.text(graph(after));
    var rewritten = Reassociate.PASS.run().apply(before);
    assertThat(Rewritten.text(rewritten)).isEqualTo(expected);
    Meaning.assertSame(rewritten, Meaning.of(before), expected);
  }

  private void stays(Node... results) {
    becomes(graph(results), results);
  }

  @Test
  void aCommonFactorIsMultipliedOnce() {
    becomes(graph(b.add(b.mul(g, x), b.mul(g, y))), b.mul(g, b.add(x, y)));
    becomes(graph(b.add(b.mul(x, g), b.mul(y, g))), b.mul(g, b.add(x, y)));
    becomes(graph(b.add(b.mul(b.mul(g, z), x), b.mul(y, b.mul(g, w(z))))), b.mul(g, b.add(b.mul(z, x), b.mul(y, w(z)))));
    becomes(graph(b.add(b.mul(g, g), b.mul(g, y))), b.mul(g, b.add(g, y)));
    // what has been made of the factors
    var inner = b.add(b.mul(g, x), b.mul(g, y));
    becomes(graph(b.add(b.mul(inner, x), b.mul(inner, y))), b.mul(b.mul(g, b.add(x, y)), b.add(x, y)));
    becomes(graph(b.add(b.mul(z, inner), b.mul(z, y))), b.mul(z, b.add(b.mul(g, b.add(x, y)), y)));
  }

  private Node w(Node of) {
    return b.neg(of);
  }

  @Test
  void sumsWithoutOneStay() {
    stays(b.add(b.mul(g, x), b.mul(z, y)));
    stays(b.add(b.mul(g, x), g));
    stays(b.add(g, b.mul(g, x)));
    stays(b.sub(b.mul(g, x), b.mul(g, y)));
    stays(b.mul(b.mul(g, x), b.mul(g, y)));
    stays(b.add(b.div(g, x), b.div(g, y)));
  }

  @Test
  void numbersAreNoCommonFactor() {
    var two = b.like(g, 2);
    stays(b.add(b.mul(two, x), b.mul(two, y)));
    var reshaped = b.reshape(b.full(CUT, 2, Kind.FLOAT), FLAT);
    stays(b.add(b.mul(x, reshaped), b.mul(y, reshaped)));
    var turned = b.transpose(floats("t", FLAT.reversed()), List.of(1, 0));
    becomes(graph(b.add(b.mul(two, b.mul(turned, x)), b.mul(two, b.mul(y, turned)))), b.mul(turned, b.add(b.mul(two, x), b.mul(two, y))));
  }

  /** Rounded in another order, a whole number would be the same, but so much is not asked for. */
  @Test
  void wholeNumbersStay() {
    var i = b.cast(g, Kind.INT);
    stays(b.add(b.mul(i, b.cast(x, Kind.INT)), b.mul(i, b.cast(y, Kind.INT))));
  }

  @Test
  void productsThatOthersReadStay() {
    var one = b.mul(g, x);
    var other = b.mul(g, y);
    stays(b.add(one, other), one);
    stays(b.add(one, other), other);
    stays(b.add(one, other), b.neg(other));
    stays(b.add(one, one));
    // of a product that others read the factors are not
    var inner = b.mul(g, z);
    stays(b.add(b.mul(inner, x), b.mul(g, y)), inner);
  }

  private Node cut(Node of) {
    return b.reshape(of, CUT);
  }

  @Test
  void arithmeticOnWhatIsReshapedComesFirst() {
    becomes(graph(b.product(b.exp(cut(b.neg(x))), w)), b.product(cut(b.exp(b.neg(x))), w));
    becomes(graph(b.product(b.add(cut(b.neg(x)), cut(y)), w)), b.product(cut(b.add(b.neg(x), y)), w));
    becomes(graph(b.product(b.add(cut(y), cut(b.neg(x))), w)), b.product(cut(b.add(y, b.neg(x))), w));
    becomes(graph(b.swap(b.exp(cut(b.neg(x))))), b.swap(cut(b.exp(b.neg(x)))));
    // one after the other
    var v = floats("v", CUT);
    becomes(graph(b.product(b.exp(cut(b.unary(UnaryFn.ABS, b.reshape(b.neg(v), FLAT)))), w)),
        b.product(cut(b.exp(b.reshape(b.unary(UnaryFn.ABS, b.neg(v)), FLAT))), w));
  }

  private void staysBeforeAProduct(Function<GraphBuilder, Node> factor) {
    stays(b.product(factor.apply(b), w));
  }

  @Test
  void otherReshapesStay() {
    staysBeforeAProduct(b -> b.exp(cut(x)));
    staysBeforeAProduct(b -> b.add(cut(x), cut(y)));
    staysBeforeAProduct(b -> b.add(cut(b.neg(x)), floats("v", CUT)));
    staysBeforeAProduct(b -> b.add(floats("v", CUT), cut(b.neg(x))));
    staysBeforeAProduct(b -> b.add(cut(b.neg(x)), b.reshape(b.neg(floats("u", List.of(N.times(6)))), CUT)));
    staysBeforeAProduct(b -> b.stopGradient(cut(b.neg(x))));
    staysBeforeAProduct(b -> b.exp(b.swap(b.neg(floats("u", CUT.reversed())))));
    stays(b.exp(cut(b.neg(x))));
    stays(b.neg(b.exp(cut(b.neg(x)))));
    var both = b.exp(cut(b.neg(x)));
    stays(b.product(both, w), b.neg(both));
    stays(b.neg(both), b.product(both, w));
  }
}
