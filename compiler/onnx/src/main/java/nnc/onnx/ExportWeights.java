package nnc.onnx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nnc.graph.Dim;
import nnc.graph.Type;
import nnc.onnx.export.ProgramExport.WeightSource;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.NetworkJar;
import nnc.runtime.files.Npz;
import nnc.runtime.files.WeightFile;
import nnc.runtime.spec.ModelSpec.WeightKind;

/** Where the weights of an exported model are from. */
final class ExportWeights {
  private ExportWeights() {}

  private static final String WANTED = "give the file that training has written: --weights FILE";

  /** For a program that learns nothing. */
  static final WeightSource NONE = wanted -> {
    if (!wanted.isEmpty()) {
      throw new Fault("the program has weights, and none are given", WANTED);
    }
    return Map.of();
  };

  /** Those of a file. */
  static WeightSource of(Path file) {
    return wanted -> {
      var arrays = Npz.read(file, wanted::containsKey);
      var read = new LinkedHashMap<String, Tensor>();
      wanted.keySet().forEach(path -> {
        var tensor = arrays.get(path);
        if (tensor != null) {
          read.put(path, tensor);
        }
      });
      return fitting(wanted, read, file.toString(), "the file has " + arrays.names());
    };
  }

  /** Those that a jar holds. */
  static WeightSource of(Path jar, NetworkJar.Content content) {
    return wanted -> {
      if (content.weights() == null && !wanted.isEmpty()) {
        throw new Fault(jar + " holds no weights", WANTED);
      }
      var read = new LinkedHashMap<String, Tensor>();
      for (var weight : content.spec().weights()) {
        if (weight.kind() != WeightKind.TABLE && wanted.containsKey(weight.path())) {
          read.put(weight.path(), WeightFile.tensor(weight, content.weights()));
        }
      }
      return fitting(wanted, read, jar.toString(), "");
    };
  }

  private static Map<String, Tensor> fitting(Map<String, Type> wanted, Map<String, Tensor> read, String origin, String hint) {
    List<String> faults = new ArrayList<>();
    wanted.forEach((path, type) -> {
      var shape = type.shape().stream().mapToInt(Dim::fixed).toArray();
      var tensor = read.get(path);
      if (tensor == null) {
        faults.add("no array " + path + " (" + Arrays.toString(shape) + ")");
      } else if (!Arrays.equals(shape, tensor.shape())) {
        faults.add("array " + path + " is " + tensor + ", the network's is " + Arrays.toString(shape));
      }
    });
    if (!faults.isEmpty()) {
      throw new Fault(origin + " does not fit the program: " + WeightFile.listed(faults), hint);
    }
    return read;
  }
}
