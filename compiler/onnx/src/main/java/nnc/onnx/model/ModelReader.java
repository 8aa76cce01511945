package nnc.onnx.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.onnx.message.AttributeProto;
import nnc.onnx.message.FunctionProto;
import nnc.onnx.message.GraphProto;
import nnc.onnx.message.ModelProto;
import nnc.onnx.message.NodeProto;
import nnc.onnx.message.OperatorSetIdProto;
import nnc.onnx.message.TensorProto;
import nnc.onnx.message.ValueInfoProto;
import nnc.runtime.base.Fault;

/** Reads ONNX files. Whatever is wrong with one is a {@link Fault} that names the file and the place in it. */
public final class ModelReader {
  private final TensorReader tensors;

  private ModelReader(TensorReader tensors) {
    this.tensors = tensors;
  }

  /** Reads a model; numbers in files beside it are read from its folder alone. */
  public static ModelFile read(Path file) {
    try (var channel = FileChannel.open(file)) {
      var in = CodedInputStream.newInstance(channel.map(FileChannel.MapMode.READ_ONLY, 0, size(file, channel)));
      in.enableAliasing(true);
      in.setSizeLimit(Integer.MAX_VALUE);
      return new ModelReader(new TensorReader(file.toAbsolutePath().getParent())).model(message(file, in));
    } catch (NoSuchFileException e) {
      throw new Fault("there is no file " + file, "", e);
    } catch (InvalidProtocolBufferException e) {
      throw new Fault(file + " is no ONNX model, or not whole: " + e.getMessage(), "ONNX models are protobuf messages; was it downloaded to its end?", e);
    } catch (IOException e) {
      throw new Fault(file + " cannot be read: " + e.getMessage(), "", e);
    }
  }

  private static long size(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size > Integer.MAX_VALUE - 8) {
      throw new Fault(file + " has " + size + " bytes, and ONNX models have at most 2147483639; larger ones keep their numbers in files beside", "");
    }
    return size;
  }

  private static ModelProto message(Path file, CodedInputStream in) throws IOException {
    var model = ModelProto.parseFrom(in);
    if (!model.hasGraph()) {
      throw new Fault(file + " holds no graph: it is no ONNX model", "");
    }
    return model;
  }

  /** Reads an array that is a file by itself, as test data is. */
  public static OnnxTensor tensor(byte[] bytes, String where) {
    try {
      return new TensorReader(null).tensor(TensorProto.parseFrom(bytes), where);
    } catch (InvalidProtocolBufferException e) {
      throw new Fault(where + " is no array of ONNX: " + e.getMessage(), "", e);
    }
  }

  private ModelFile model(ModelProto model) {
    Map<String, ModelFile.Function> functions = new HashMap<>();
    for (var function : model.getFunctionsList()) {
      functions.put(domain(function.getDomain()) + ":" + function.getName(), function(function));
    }
    var producer = (model.getProducerName() + " " + model.getProducerVersion()).strip();
    return new ModelFile(producer, opsets(model.getOpsetImportList()), graph(model.getGraph()), functions);
  }

  private static Map<String, Integer> opsets(List<OperatorSetIdProto> imports) {
    Map<String, Integer> opsets = new HashMap<>();
    imports.forEach(set -> opsets.put(domain(set.getDomain()), Math.toIntExact(Math.clamp(set.getVersion(), 0, Integer.MAX_VALUE))));
    return opsets;
  }

  /** ONNX's own has two names. */
  private static String domain(String name) {
    return name.equals("ai.onnx") ? "" : name;
  }

  private ModelFile.Function function(FunctionProto function) {
    Map<String, OnnxAttribute> defaults = new HashMap<>();
    function.getAttributeProtoList().forEach(attribute -> defaults.put(attribute.getName(), attribute(attribute, "function '" + function.getName() + "'")));
    return new ModelFile.Function(List.copyOf(function.getInputList()), List.copyOf(function.getOutputList()),
        function.getNodeList().stream().map(this::node).toList(), defaults);
  }

  private OnnxGraph graph(GraphProto graph) {
    if (graph.getSparseInitializerCount() > 0) {
      throw new Fault("the weight '" + graph.getSparseInitializer(0).getValues().getName() + "' is sparse, which is not read", "write the model with dense weights");
    }
    Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
    for (var tensor : graph.getInitializerList()) {
      if (initializers.put(tensor.getName(), tensors.tensor(tensor, "initializer '" + tensor.getName() + "'")) != null) {
        throw new Fault("there are two initializers called '" + tensor.getName() + "'", "");
      }
    }
    return new OnnxGraph(graph.getName(), graph.getNodeList().stream().map(this::node).toList(), initializers,
        graph.getInputList().stream().map(ModelReader::port).toList(), graph.getOutputList().stream().map(ModelReader::port).toList());
  }

  private OnnxNode node(NodeProto node) {
    Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
    var bare = new OnnxNode(node.getName(), domain(node.getDomain()), node.getOpType(), List.copyOf(node.getInputList()), List.copyOf(node.getOutputList()), Map.of());
    node.getAttributeList().forEach(attribute -> attributes.put(attribute.getName(), attribute(attribute, bare.title())));
    return new OnnxNode(bare.name(), bare.domain(), bare.operator(), bare.inputs(), bare.outputs(), attributes);
  }

  private OnnxAttribute attribute(AttributeProto attribute, String where) {
    if (!attribute.getRefAttrName().isEmpty()) {
      return new OnnxAttribute.Outer(attribute.getRefAttrName());
    }
    return switch (attribute.getType() == 0 ? guessed(attribute) : attribute.getType()) {
      case 1 -> new OnnxAttribute.Real(attribute.getF());
      case 2 -> new OnnxAttribute.Whole(attribute.getI());
      case 3 -> new OnnxAttribute.Text(attribute.getS().toStringUtf8());
      case 4 -> constant(attribute, where);
      case 5 -> new OnnxAttribute.Body(graph(attribute.getG()));
      case 6 -> new OnnxAttribute.Reals(List.copyOf(attribute.getFloatsList()));
      case 7 -> new OnnxAttribute.Wholes(List.copyOf(attribute.getIntsList()));
      case 8 -> new OnnxAttribute.Texts(attribute.getStringsList().stream().map(ByteString::toStringUtf8).toList());
      default -> new OnnxAttribute.Foreign("kind " + attribute.getType());
    };
  }

  private OnnxAttribute constant(AttributeProto attribute, String where) {
    if (attribute.getT().getDataType() == 8) {
      return new OnnxAttribute.Foreign("texts");
    }
    return new OnnxAttribute.Constant(tensors.tensor(attribute.getT(), where + ": attribute " + attribute.getName()));
  }

  /** By the field that is filled, in files that do not say it. */
  private static int guessed(AttributeProto attribute) {
    return attribute.hasT() ? 4 : attribute.hasG() ? 5 : attribute.getFloatsCount() > 0 ? 6 : attribute.getIntsCount() > 0 ? 7 : attribute.getStringsCount() > 0 ? 8
        : !attribute.getS().isEmpty() ? 3 : attribute.getF() != 0 ? 1 : 2;
  }

  private static OnnxGraph.Port port(ValueInfoProto info) {
    var type = info.getType();
    return switch (type.getValueCase()) {
      case TENSOR_TYPE -> {
        var tensor = type.getTensorType();
        var shape = !tensor.hasShape() ? null : tensor.getShape().getDimList().stream().map(dim -> switch (dim.getValueCase()) {
          case DIM_VALUE -> Long.toString(dim.getDimValue());
          case DIM_PARAM -> dim.getDimParam();
          case VALUE_NOT_SET -> "";
        }).toList();
        yield new OnnxGraph.Port(info.getName(), tensor.getElemType() == 0 ? null : ElementType.of(tensor.getElemType(), "'" + info.getName() + "'"), "array", shape);
      }
      case SEQUENCE_TYPE -> new OnnxGraph.Port(info.getName(), null, "sequence", null);
      case MAP_TYPE -> new OnnxGraph.Port(info.getName(), null, "map", null);
      case SPARSE_TENSOR_TYPE -> new OnnxGraph.Port(info.getName(), null, "sparse array", null);
      case OPTIONAL_TYPE -> new OnnxGraph.Port(info.getName(), null, "optional", null);
      case VALUE_NOT_SET -> new OnnxGraph.Port(info.getName(), null, "untyped", null);
    };
  }
}
