package nnc.onnx.export;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import nnc.onnx.message.ModelProto;
import nnc.onnx.message.OperatorSetIdProto;
import nnc.onnx.message.StringStringEntryProto;
import nnc.onnx.message.TensorProto;
import nnc.runtime.files.AtomicFile;

/** Writes a model to a file, and its arrays beside it if one file cannot hold them. */
public final class ModelWriter {
  /** The versions of the format and of the operators that are written. */
  static final int FORMAT = 8, OPERATORS = 17;

  /** Protobuf's messages have at most 2^31 - 1 bytes, of which nodes and names want some. */
  public static final long LARGEST = Integer.MAX_VALUE - (64L << 20);

  /** Arrays of fewer bytes stay in the model: shapes and axes are read before it runs. */
  private static final int SMALL = 1024;

  /** Where arrays begin in their own file: at pages, so that they can be mapped. */
  private static final int PAGE = 4096;

  /** What an array's {@code data_location} says of one that is in a file of its own. */
  private static final int EXTERNAL = 1;

  private ModelWriter() {}

  /**
   * Writes a model.
   *
   * @param largest how many bytes of arrays may be in the model's file; of more, the large ones are in {@code FILE.data} beside it
   * @return whether there is such a file
   * @throws nnc.runtime.base.Fault if writing fails
   */
  public static boolean write(Path file, ExportedModel model, long largest) {
    boolean apart = model.bytes() > largest;
    var data = file.resolveSibling(file.getFileName() + ".data");
    var graph = model.graph().clone();
    long end = 0;
    for (var array : model.arrays()) {
      var tensor = TensorProto.newBuilder().setName(array.name()).setDataType(array.type().code()).addAllDims(array.shape());
      if (apart && array.bytes() > SMALL) {
        tensor.setDataLocation(EXTERNAL).addExternalData(entry("location", data.getFileName().toString())).addExternalData(entry("offset", Long.toString(end)))
            .addExternalData(entry("length", Long.toString(array.bytes())));
        end += padded(array.bytes());
      } else {
        tensor.setRawData(bytes(array));
      }
      graph.addInitializer(tensor);
    }
    if (apart) {
      writeArrays(data, model);
    }
    var whole = ModelProto.newBuilder().setIrVersion(FORMAT).setProducerName("nnc").setGraph(graph)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATORS)).build();
    AtomicFile.write(file, whole::writeTo);
    return apart;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static long padded(long bytes) {
    return (bytes + PAGE - 1) / PAGE * PAGE;
  }

  private static void writeArrays(Path data, ExportedModel model) {
    AtomicFile.write(data, out -> {
      for (var array : model.arrays()) {
        if (array.bytes() > SMALL) {
          array.write(out);
          out.write(new byte[(int) (padded(array.bytes()) - array.bytes())]);
        }
      }
    });
  }

  private static ByteString bytes(Initialiser array) {
    var out = ByteString.newOutput(Math.toIntExact(array.bytes()));
    try {
      array.write(out);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("memory can be written to", e);
    }
    return out.toByteString();
  }
}
