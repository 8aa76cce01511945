package nnc.onnx.translate;

import static nnc.onnx.term.Formulas.add;
import static nnc.onnx.term.Formulas.apply;
import static nnc.onnx.term.Formulas.cast;
import static nnc.onnx.term.Formulas.mul;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nnc.graph.Dim;
import nnc.onnx.model.ElementType;
import nnc.onnx.model.OnnxAttribute;
import nnc.onnx.model.OnnxTensor;
import nnc.onnx.term.Formulas;
import nnc.onnx.term.Term;

/** What begins with nothing, or with a shape. */
final class ConstantOperators {
  private ConstantOperators() {}

  static final Map<String, Operator> TABLE = table();

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    table.put("Constant", use -> List.of(constant(use)));
    table.put("ConstantOfShape", ConstantOperators::filled);
    table.put("Range", ConstantOperators::range);
    return table;
  }

  private static Term constant(Use use) {
    var attribute = use.node().attributes().entrySet().stream().findFirst().orElseThrow(() -> use.not("it has no value"));
    return Term.of("", switch (attribute.getValue()) {
      case OnnxAttribute.Constant(var tensor) -> tensor;
      case OnnxAttribute.Real(var value) -> new OnnxTensor(ElementType.FLOAT, new int[0], new float[] {value});
      case OnnxAttribute.Whole(var value) -> new OnnxTensor(ElementType.INT64, new int[0], new long[] {value});
      case OnnxAttribute.Reals(var values) -> OnnxTensor.of(ElementType.FLOAT, new int[] {values.size()}, values.stream().mapToDouble(Float::doubleValue).toArray());
      case OnnxAttribute.Wholes(var values) -> OnnxTensor.ofLongs(values.stream().mapToLong(Long::longValue).toArray());
      case OnnxAttribute.Text _, OnnxAttribute.Texts _, OnnxAttribute.Body _, OnnxAttribute.Outer _, OnnxAttribute.Foreign _ ->
          throw use.not("its value is no array of numbers");
    });
  }

  private static List<Term> filled(Use use) {
    var shape = use.sizes(0, "the shape");
    var value = use.any("value").map(a -> {
      if (a instanceof OnnxAttribute.Constant(var tensor) && tensor.size() == 1) {
        return tensor;
      }
      throw use.not("its value is no number");
    }).orElse(new OnnxTensor(ElementType.FLOAT, new int[0], new float[1]));
    return List.of(use.as(apply("full", Formulas.sizes(shape), value.get(0)), value.type()));
  }

  /** Where the count follows from sizes; otherwise it depends on the data. */
  private static List<Term> range(Use use) {
    var element = use.in(0).element();
    if (element.isFloat()) {
      double from = use.number(0, "where it starts");
      double step = use.number(2, "its step");
      long count = (long) Math.max(0, Math.ceil((use.number(1, "where it ends") - from) / step));
      return List.of(use.as(add(from, mul(step, cast(apply("range", count), "float"))), element));
    }
    var from = use.sizes(0, "where it starts").getFirst();
    var to = use.sizes(1, "where it ends").getFirst();
    long step = Use.fixed(use.sizes(2, "its step").getFirst(), "its step");
    var span = to.minus(from);
    var count = step == 1 ? span : Dim.of(Math.max(0, Math.ceilDiv(Use.fixed(span, "how far it goes"), step)));
    var places = apply("range", count.isConstant() && count.fixed() < 0 ? Dim.ZERO : count);
    var stepped = step == 1 ? places : mul(places, step);
    return List.of(use.as(from.is(0) ? stepped : add(stepped, cast(from, "int")), element));
  }
}
