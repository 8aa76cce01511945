package nnc.runtime.files;

import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Where the files of a network lie in a jar, in a folder of classes, or at any other place of a class path: in {@code META-INF/nnc/NAME/}. Its classes have a
 * package of their own, which the specification tells with their names. So networks may share a place, and tools that pour several jars into one need not know of them.
 *
 * <p>A network without a name of its own lies in {@code META-INF/nnc/} itself; the compiler does not write such jars, and they are read.
 */
public final class NetworkPaths {
  private NetworkPaths() {}

  /** The folder of all networks. A jar has an entry for it, by which a class path's are found. */
  public static final String ROOT = "META-INF/nnc/";

  /** What lies in {@link #ROOT} itself. */
  static final String UNNAMED = "";

  static final String SPEC = "model.bin";

  private static final String WEIGHTS = "weights.npz";

  private static String folder(String network) {
    return network.equals(UNNAMED) ? ROOT : ROOT + network + "/";
  }

  /** The specification, as {@link nnc.runtime.spec.SpecFile} has it. */
  public static String spec(String network) {
    return folder(network) + SPEC;
  }

  /** The weights, if the network has been bundled with them. */
  public static String weights(String network) {
    return folder(network) + WEIGHTS;
  }

  /** The program. */
  public static String source(String network) {
    return folder(network) + network + ".nn";
  }

  /** What the program was compiled with, a line an option. */
  public static String record(String network) {
    return folder(network) + "compiled.txt";
  }

  /** A file that the program imports, by its place among these, from 0 on. */
  public static String imported(String network, int place) {
    return folder(network) + "imports/" + place + ".nn";
  }

  /** Whether an entry is the specification of some network. */
  static boolean isSpec(String entry) {
    return entry.startsWith(ROOT) && entry.endsWith(SPEC);
  }

  /** Whether an entry is the weights of some network: these are not compressed, so that they are read where they lie. */
  public static boolean isWeights(String entry) {
    return entry.startsWith(ROOT) && entry.endsWith(WEIGHTS);
  }

  /** The names of an archive's networks; the empty one of a network without a name of its own. */
  public static List<String> in(ZipFile zip) {
    return in(zip, ROOT);
  }

  /** @param root the folder of all networks, which may itself lie in another */
  static List<String> in(ZipFile zip, String root) {
    List<String> names = new ArrayList<>();
    for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
      String entry = entries.nextElement().getName();
      if (entry.startsWith(root) && entry.endsWith(SPEC)) {
        String inner = entry.substring(root.length(), entry.length() - SPEC.length());
        int slash = inner.indexOf('/');
        if (inner.equals(UNNAMED)) {
          names.add(UNNAMED);
        } else if (slash > 0 && slash == inner.length() - 1) {
          names.add(inner.substring(0, slash));
        }
      }
    }
    return names;
  }
}
