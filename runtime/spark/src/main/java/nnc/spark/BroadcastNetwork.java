package nnc.spark;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import nnc.runtime.Model;
import nnc.runtime.base.Fault;

/**
 * A network as it goes to executors: the bytes of its jar and of its weights. Each Java process makes one model of them, which its tasks share.
 *
 * @param origin  names the jar in messages
 * @param weights an npz; null if the jar is bundled with them
 */
record BroadcastNetwork(String origin, byte[] jar, byte[] weights, String hash) implements Serializable {
  /** Models that a process keeps: a job has one or two. */
  private static final int KEPT = 4;

  /** By hash, those that were used last. */
  private static final Map<String, Model> MODELS = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Model> eldest) {
      return size() > KEPT;
    }
  };

  /** Reads the files of a network; {@code weights} may be null. */
  static BroadcastNetwork of(Path jar, Path weights) {
    return of(jar.toString(), bytes(jar), weights == null ? null : bytes(weights));
  }

  static BroadcastNetwork of(String origin, byte[] jar, byte[] weights) {
    return new BroadcastNetwork(origin, jar, weights, hash(jar, weights == null ? new byte[0] : weights));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Fault(file + ": cannot be read: " + e.getMessage(), "", e);
    }
  }

  private static String hash(byte[] jar, byte[] weights) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(jar);
      return HexFormat.of().formatHex(digest.digest(weights));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** This process's model of it. */
  Model model() {
    synchronized (MODELS) {
      return MODELS.computeIfAbsent(hash, same -> fresh());
    }
  }

  /** A model of its own, whose weights may be changed. */
  Model fresh() {
    Model model = Model.load(new ByteArrayInputStream(jar), origin);
    return weights == null ? model : model.withWeights(new ByteArrayInputStream(weights), "the weights of " + origin);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BroadcastNetwork network && network.hash.equals(hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return origin + " (" + Arrays.hashCode(jar) + ")";
  }
}
