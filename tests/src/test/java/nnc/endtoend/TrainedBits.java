package nnc.endtoend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import nnc.runtime.Model;
import nnc.runtime.learn.Training;
import nnc.runtime.spec.ModelSpec;

/**
 * A program that trains the networks of a folder's jars, by several numbers of threads and in two parts with a save between, and tells what their weights and
 * predictions hash to. What else it depends on, its own JVM's options say.
 */
final class TrainedBits {
  private TrainedBits() {}

  private static final int EPOCHS = 2;

  public static void main(String[] arguments) throws IOException, NoSuchAlgorithmException {
    var folder = Path.of(arguments[0]);
    for (var name : List.of(arguments).subList(1, arguments.length)) {
      var network = Model.load(folder.resolve(name + ".jar"));
      for (int threads : new int[] {1, 2, 3, 7}) {
        tell(name, threads + "-threads", hash(training(network, folder, threads).epochs(EPOCHS).run().model()));
      }
      var half = Files.createTempFile(folder, "half", ".npz");
      Files.delete(half);
      training(network, folder, 2).epochs(1).save(half).run();
      tell(name, "resumed", hash(training(network, folder, 3).resume(half).epochs(EPOCHS).run().model()));
      Files.delete(half);
    }
  }

  private static Training training(Model network, Path folder, int threads) {
    return Training.of(network).folder(folder).threads(threads);
  }

  private static void tell(String network, String how, String hash) {
    System.out.println("@ " + network + " " + how + " " + hash);
  }

  private static String hash(Model trained) throws NoSuchAlgorithmException {
    var digest = MessageDigest.getInstance("SHA-256");
    for (var weight : trained.spec().weights()) {
      add(digest, trained.weight(weight.path()).toDoubles());
    }
    var context = trained.context("predict", 5);
    for (var input : context.inputs()) {
      for (int i = 0; i < input.size(); i++) {
        input.set(i, i % 7);
      }
    }
    context.run();
    for (var output : context.results(ModelSpec.Role.OUTPUT)) {
      add(digest, output.tensor().toDoubles());
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static void add(MessageDigest digest, double[] values) {
    var bytes = ByteBuffer.allocate(values.length * Double.BYTES);
    bytes.asDoubleBuffer().put(values);
    digest.update(bytes.array());
  }
}
