package nnc.runtime.spec;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import nnc.runtime.base.Fault;

/**
 * A {@link ModelSpec} as bytes: the letters NNCM, the format's version, then the record's components in order. Whole numbers are
 * zigzag LEB128, a text is its place in the table of those met so far or, when new, the next place and the text itself.
 */
public final class SpecFile {
  private SpecFile() {}

  /** The letters NNCM. */
  public static final int MAGIC = 0x4e4e434d;

  /** Of the format, and of what emitted classes call of the runtime: one more with each change of either. */
  public static final int VERSION = 21;

  /** The oldest that is read. */
  public static final int OLDEST = 17;

  /** From here on what is fed and told may have another name outside the program. */
  static final int ALIASES = 18;

  /** From here on calls may be repeated. */
  static final int REPEATS = 19;

  /** From here on what is repeated may end before the last turn. */
  static final int CONDITIONS = 20;

  /** From here on calls may run side by side. */
  static final int BRANCHES = 21;

  /**
   * Reads a spec.
   *
   * @param origin what to call the source in messages
   * @throws Fault if the bytes are no spec, damaged, or of another version
   */
  public static ModelSpec read(InputStream in, String origin) throws IOException {
    var data = new DataInputStream(in);
    try {
      if (data.readInt() != MAGIC) {
        throw new Fault(origin + ": not a compiled network");
      }
      int version = data.readInt();
      if (version > VERSION) {
        throw new Fault(origin + ": made by a newer nnc (format " + version + ", this runtime reads up to " + VERSION + ")",
            "compile the network with this version of nnc, or run it with the newer one");
      }
      if (version < OLDEST) {
        throw new Fault(origin + ": made by an older nnc (format " + version + ", this runtime reads " + OLDEST + " to " + VERSION + ")", "compile it again");
      }
      return new SpecReader(new SpecInput(data), version).spec();
    } catch (EOFException | IndexOutOfBoundsException | NegativeArraySizeException | IllegalStateException e) {
      throw new Fault(origin + ": the compiled network is damaged", "compile it again", e);
    }
  }
}
