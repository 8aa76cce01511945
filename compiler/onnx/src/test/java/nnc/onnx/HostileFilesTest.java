package nnc.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import nnc.onnx.message.AttributeProto;
import nnc.onnx.message.FunctionProto;
import nnc.onnx.message.GraphProto;
import nnc.onnx.message.ModelProto;
import nnc.onnx.message.NodeProto;
import nnc.onnx.message.OperatorSetIdProto;
import nnc.onnx.message.StringStringEntryProto;
import nnc.onnx.message.TensorProto;
import nnc.onnx.message.TensorShapeProto;
import nnc.onnx.message.TypeProto;
import nnc.onnx.message.ValueInfoProto;
import nnc.onnx.translate.Settings;
import nnc.runtime.base.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are broken, or meant to break: each gets a message that tells where, and nothing else happens. */
class HostileFilesTest {
  @TempDir
  Path folder;

  private static ValueInfoProto port(String name, int type, long... dims) {
    var shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder()
        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape))).build();
  }

  private static NodeProto node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder().setOpType(operator).setName("the_" + operator).addAllInput(java.util.List.of(inputs)).addOutput(output).build();
  }

  private static GraphProto.Builder graph(NodeProto... nodes) {
    return GraphProto.newBuilder().addAllNode(java.util.List.of(nodes)).addInput(port("x", 1, 2, 3)).addOutput(port("y", 1, 2, 3));
  }

  private static ModelProto model(GraphProto.Builder graph) {
    return ModelProto.newBuilder().setIrVersion(8).setGraph(graph).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17)).build();
  }

  private Path file(byte[] bytes) throws IOException {
    var file = folder.resolve("model.onnx");
    Files.write(file, bytes);
    return file;
  }

  private void refused(ModelProto model, String... said) throws IOException {
    var file = file(model.toByteArray());
    assertThatThrownBy(() -> OnnxImport.of(file, Settings.NONE)).isInstanceOf(Fault.class).hasMessageContainingAll(said);
  }

  private static TensorProto weight(long... dims) {
    var tensor = TensorProto.newBuilder().setName("w").setDataType(1).addFloatData(1).addFloatData(2).addFloatData(3);
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.build();
  }

  @Test
  void whatIsWellIsTaken() throws IOException {
    var program = OnnxImport.of(file(model(graph(node("Add", "s", "x", "w"), node("Relu", "y", "s")).addInitializer(weight(3))).toByteArray()), Settings.NONE);
    assertThat(program.text()).contains("input x: float[2, 3]", "output y = relu(x + tensor([1, 2, 3]))");
  }

  @Test
  void unknownOperators() throws IOException {
    refused(model(graph(node("Frobnicate", "y", "x"))), "Frobnicate 'the_Frobnicate'", "no such operator");
    refused(model(graph(NodeProto.newBuilder(node("Relu", "y", "x")).setDomain("com.example").build())), "com.example.Relu", "domain com.example");
  }

  @Test
  void circlesAndNamesThatNothingMakes() throws IOException {
    refused(model(graph(node("Relu", "a", "b"), node("Abs", "b", "a"), node("Neg", "y", "b"))), "Relu 'the_Relu'", "'b' is made by no node before it");
    refused(model(graph(node("Relu", "y", "nobody"))), "'nobody'");
    refused(model(graph(node("Relu", "z", "x"))), "output 'y'");
  }

  @Test
  void sizesThatAreNotThere() throws IOException {
    refused(model(graph(node("Add", "y", "x", "w")).addInitializer(weight(1_000_000_000, 2_000_000_000))), "initializer 'w'", "more elements than an array holds");
    refused(model(graph(node("Add", "y", "x", "w")).addInitializer(weight(500_000_000))), "initializer 'w'", "has 3 numbers, and its shape says 500000000");
    refused(model(graph(node("Add", "y", "x", "w")).addInitializer(weight(-3))), "initializer 'w'", "the size -3");
    refused(model(graph(node("Add", "y", "x", "w")).addInitializer(TensorProto.newBuilder().setName("w").setDataType(1).addDims(3)
        .setRawData(ByteString.copyFrom(new byte[7])))), "initializer 'w'", "7 bytes");
    refused(model(graph(node("Add", "y", "x", "w")).addInitializer(TensorProto.newBuilder().setName("w").setDataType(99).addDims(3))), "no element type 99");
  }

  @Test
  void numbersOutsideOfTheFolder() throws IOException {
    Files.write(folder.resolve("beside.bin"), new byte[12]);
    for (var place : new String[] {"../secret.bin", "/etc/passwd", "a/../../b", ""}) {
      refused(model(graph(node("Add", "y", "x", "w")).addInitializer(outside(place, "0"))), "initializer 'w'", "not in the model's folder");
    }
    var link = folder.resolve("link.bin");
    Files.createSymbolicLink(link, Path.of("/etc/hostname"));
    refused(model(graph(node("Add", "y", "x", "w")).addInitializer(outside("link.bin", "0"))), "not in the model's folder");
    refused(model(graph(node("Add", "y", "x", "w")).addInitializer(outside("beside.bin", "9223372036854775807"))), "beside.bin", "which has 12");
    refused(model(graph(node("Add", "y", "x", "w")).addInitializer(outside("beside.bin", "many"))), "'many'");
    refused(model(graph(node("Add", "y", "x", "w")).addInitializer(outside("absent.bin", "0"))), "absent.bin", "cannot be read");
    assertThat(OnnxImport.of(file(model(graph(node("Add", "y", "x", "w")).addInitializer(outside("beside.bin", "0"))).toByteArray()), Settings.NONE).text())
        .contains("[0, 0, 0]");
  }

  private static TensorProto outside(String place, String offset) {
    return TensorProto.newBuilder().setName("w").setDataType(1).addDims(3).setDataLocation(1)
        .addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue(place))
        .addExternalData(StringStringEntryProto.newBuilder().setKey("offset").setValue(offset)).build();
  }

  @Test
  void wrongTypesAndAttributes() throws IOException {
    refused(model(graph(NodeProto.newBuilder(node("Softmax", "y", "x")).addAttribute(AttributeProto.newBuilder().setName("axis").setType(1).setF(1)).build())),
        "Softmax 'the_Softmax'", "attribute axis");
    refused(model(graph(NodeProto.newBuilder(node("Softmax", "y", "x")).addAttribute(AttributeProto.newBuilder().setName("axis").setType(2).setI(7)).build())),
        "Softmax 'the_Softmax'", "no axis 7");
    refused(model(graph(node("MatMul", "y", "x", "x"))), "MatMul 'the_MatMul'", "3 and 2 differ");
    refused(model(graph(node("Conv", "y", "x"))), "Conv 'the_Conv'", "input 2 is missing");
    refused(model(graph(node("Relu", "y", "x")).addInput(port("texts", 8, 2))), "'texts'", "string");
  }

  /** Each byte may be another, and the file may end anywhere: a message or a program, and no other fault. */
  @Test
  void mutants() throws IOException {
    var whole = model(graph(node("Add", "s", "x", "w"), NodeProto.newBuilder(node("Softmax", "t", "s"))
        .addAttribute(AttributeProto.newBuilder().setName("axis").setType(2).setI(1)).build(), node("Reshape", "y", "t", "shape"))
        .addInitializer(weight(3)).addInitializer(TensorProto.newBuilder().setName("shape").setDataType(7).addDims(2).addInt64Data(2).addInt64Data(3))).toByteArray();
    var random = new Random(7);
    for (int i = 0; i < 400; i++) {
      var bytes = i < 100 ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int k = 0; i >= 100 && k < 1 + i % 3; k++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      var file = file(bytes);
      try {
        assertThat(OnnxImport.of(file, Settings.NONE).text()).contains("output");
      } catch (Fault fault) {
        assertThat(fault.getMessage()).isNotBlank();
      }
    }
  }

  /** Functions that call another one twice each, and loops in loops, would be more nodes than time. */
  @Test
  void whatMultipliesIsStopped() throws IOException {
    var model = ModelProto.newBuilder(model(graph(node("Relu", "a", "x"), NodeProto.newBuilder(node("F30", "y", "a")).setDomain("own").build())));
    model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1));
    for (int i = 0; i <= 30; i++) {
      var function = FunctionProto.newBuilder().setName("F" + i).setDomain("own").addInput("x").addOutput("y");
      function.addNode(i == 0 ? node("Relu", "m", "x") : NodeProto.newBuilder(node("F" + (i - 1), "m", "x")).setDomain("own").build());
      function.addNode(i == 0 ? node("Relu", "y", "m") : NodeProto.newBuilder(node("F" + (i - 1), "y", "m")).setDomain("own").build());
      model.addFunctions(function);
    }
    refused(model.build(), "more than 200000 nodes");
  }

  @Test
  void tablesThatWouldBeHuge() throws IOException {
    refused(model(graph(node("Resize", "y", "x", "", "", "sizes")).addInitializer(TensorProto.newBuilder().setName("sizes").setDataType(7).addDims(2)
        .addInt64Data(2).addInt64Data(1_000_000_000L))), "Resize 'the_Resize'", "table");
    refused(model(graph(node("Col2Im", "y", "x", "sizes", "sizes")).addInitializer(TensorProto.newBuilder().setName("sizes").setDataType(7).addDims(2)
        .addInt64Data(60_000).addInt64Data(60_000))), "Col2Im 'the_Col2Im'");
  }

  /** A process with little memory reads mutants of a model whose sizes follow from numbers in it: whatever becomes of these, the memory is enough. */
  @Test
  void mutantsNeedLittleMemory() throws Exception {
    var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx160m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
        Mutants.class.getName(), folder.toString()).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("read " + Mutants.COUNT);
  }

  /** What that process runs. */
  static final class Mutants {
    static final int COUNT = 400;

    private Mutants() {}

    public static void main(String[] arguments) throws IOException {
      var folder = Path.of(arguments[0]);
      var whole = Files.readAllBytes(new SmallModel(18).input("x", 2, 6).list("shape", 3, 4).list("times", 2, 1).list("pads", 0, 1, 1, 0).list("wide", 5, 6, 4)
          .node("Reshape", "x shape -> a").node("Tile", "a times -> b").node("Pad", "b pads -> c").node("Shape", "c -> s").node("ConstantOfShape", "s -> d").node("Add", "c d -> e")
          .list("zero", 0).list("one", 1).whole("from", 0).whole("to", 6).whole("step", 1).node("Range", "from to step -> r").node("Unsqueeze", "e zero -> f")
          .node("Concat", "f f -> g", "axis", 0).node("ReduceSum", "g one -> h").node("Cast", "r -> k", "to", 1).outputs("h", "k").file(folder));
      var random = new Random(11);
      for (int i = 0; i < COUNT; i++) {
        var bytes = whole.clone();
        for (int k = 0; k <= i % 3; k++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        try {
          OnnxImport.of(Files.write(folder.resolve("mutant.onnx"), bytes), Settings.NONE);
        } catch (Fault fault) {
          if (fault.getMessage().isBlank()) {
            throw new IllegalStateException("nothing is said", fault);
          }
        }
      }
      System.out.println("read " + COUNT);
    }
  }
}
