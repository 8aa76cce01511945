package nnc.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Tensor;
import nnc.runtime.files.NpyFile;
import nnc.runtime.files.Npz;

/** Files of named arrays, by how they are called. */
final class ArrayFiles {
  private static final String INDEX = ".safetensors.index.json", NPY = ".npy";

  private ArrayFiles() {}

  /**
   * All arrays by name.
   *
   * @throws Fault if it cannot be read, or is nothing of what is read
   */
  static Map<String, Tensor> read(Path file) {
    var name = file.toString();
    if (Files.isDirectory(file)) {
      return folder(file);
    } else if (name.endsWith(INDEX)) {
      return Safetensors.readShards(file);
    } else if (name.endsWith(".safetensors")) {
      return Safetensors.read(file);
    } else if (name.endsWith(".npz")) {
      return Npz.read(file);
    } else if (name.matches(".*\\.(pt|pth|bin|ckpt)")) {
      throw new Fault(file + ": what torch.save writes is a program for Python, and is not read",
          "in Python: safetensors.torch.save_file(model.state_dict(), \"model.safetensors\")");
    }
    throw new Fault(file + ": weights are read from .safetensors, .safetensors.index.json, .npz, and folders of .npy");
  }

  private static Map<String, Tensor> folder(Path folder) {
    var index = folder.resolve("model" + INDEX);
    if (Files.exists(index)) {
      return Safetensors.readShards(index);
    }
    var arrays = new LinkedHashMap<String, Tensor>();
    try (var files = Files.list(folder)) {
      for (var file : files.filter(one -> one.toString().endsWith(NPY)).sorted().toList()) {
        var name = file.getFileName().toString();
        arrays.put(name.substring(0, name.length() - NPY.length()), NpyFile.read(file));
      }
    } catch (IOException e) {
      throw new Fault(folder + ": cannot be read: " + e.getMessage(), "", e);
    }
    if (arrays.isEmpty()) {
      throw new Fault(folder + ": has no arrays in files .npy");
    }
    return arrays;
  }

  /** Writes arrays to an .npz or .safetensors file. */
  static void write(Path file, Map<String, Tensor> arrays) {
    if (file.toString().endsWith(".safetensors")) {
      Safetensors.write(file, arrays);
    } else {
      Npz.write(file, arrays);
    }
  }
}
