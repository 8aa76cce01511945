package nnc.runtime.data;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Feed;

/** Reads the pictures of a folder to predict for, as a program's own {@code images} reads what is trained on. */
public interface PictureRows {
  /** What takes pictures. */
  interface Sink {
    /** @param names of the files, in the table's order */
    void accept(Table table, List<String> names) throws IOException;
  }

  /**
   * Reads all pictures of a folder and its sub-folders, in the order of their names.
   *
   * @param feeds what outputs depend on, by name
   * @param most  how many are taken at a time, if memory allows it
   * @throws nnc.runtime.base.Fault if one cannot be read, the program reads no pictures, or outputs depend on more than these
   */
  void read(ModelSpec spec, Map<String, Feed> feeds, Path folder, int most, PrintStream log, Sink sink) throws IOException;
}
