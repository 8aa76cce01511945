package nnc.onnx.export;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nnc.graph.Graph;
import nnc.graph.Kind;
import nnc.graph.Node;
import nnc.graph.Op;
import nnc.graph.Type;
import nnc.onnx.export.OnnxGraphWriter.Port;
import nnc.onnx.export.OperatorGroup.Target;

/**
 * A loop over an open length: the operator {@code Loop}, whose body reads what is outside. It ends before its last turn where that is seen and no turn collects anything; otherwise all turns are
 * run, of which those behind the end change nothing.
 */
final class LoopGroup {
  private final Node node;
  private final Op.Loop loop;
  private final GraphExport body;
  private List<String> results = List.of();

  /** @param body of the loop's body, with what each of its nodes becomes */
  LoopGroup(Node node, GraphExport body) {
    this.node = node;
    this.loop = (Op.Loop) node.op();
    this.body = body;
  }

  GraphExport body() {
    return body;
  }

  /** All turns. */
  OperatorGroup turns() {
    return new OperatorGroup(node.operands(), (target, in) -> {
      results = write(target, in);
      return results.getFirst();
    });
  }

  /** What they come to. */
  OperatorGroup result(int index) {
    return new OperatorGroup(List.of(node), (_, _) -> results.get(index));
  }

  private List<String> write(Target target, List<String> in) {
    var writer = target.writer();
    var inside = writer.body();
    var number = inside.given("turn");
    var holds = inside.given("going");
    var inputs = new ArrayList<>(List.of(port(number, Type.of(Kind.INT)), port(holds, Type.of(Kind.BOOL))));
    var given = new ArrayList<>(in);
    for (int i = 0; i < loop.carried(); i++) {
      given.set(i, inside.given("carried"));
      inputs.add(port(given.get(i), result(loop.body(), i).type()));
    }
    var made = body.values(new Target(inside, target.sizes().within(inside, loop.turn(), number)), given);
    int count = loop.body().results().size();
    boolean ends = loop.going() >= 0 && count == loop.carried();
    var next = IntStream.range(0, count).mapToObj(i -> new Port("", made.get(result(loop.body(), i)), result(loop.body(), i).type()));
    var goes = ends ? any(inside, made.get(result(loop.body(), loop.going())), result(loop.body(), loop.going()).type().rank()) : holds;
    var outputs = Stream.concat(Stream.of(port(goes, Type.of(Kind.BOOL))), next).toList();
    var begins = ends ? any(writer, in.get(loop.going()), node.operand(loop.going()).type().rank()) : writer.number(1, Kind.BOOL);
    var operands = new ArrayList<>(List.of(target.sizes().scalar(loop.turns()), begins));
    operands.addAll(in.subList(0, loop.carried()));
    return writer.made("Loop", operands, count, Attributes.of("body", inside.body(inputs, outputs)));
  }

  private static Node result(Graph body, int i) {
    return body.results().get(i).node();
  }

  private static Port port(String value, Type type) {
    return new Port(value, value, type);
  }

  /** Whether anything of an array is true. */
  private static String any(OnnxGraphWriter writer, String truths, int rank) {
    return rank == 0 ? truths
        : writer.cast(writer.reduce("ReduceMax", writer.cast(truths, Kind.INT), IntStream.range(0, rank).boxed().toList()), Kind.BOOL);
  }
}
