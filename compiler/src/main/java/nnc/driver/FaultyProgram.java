package nnc.driver;

import java.util.Map;
import nnc.source.Diagnostics;

/** A program with faults; they are in the diagnostics. */
public final class FaultyProgram extends Exception {
  private static final long serialVersionUID = 1;
  private final transient Diagnostics diagnostics;
  private final transient Map<String, String> texts;

  FaultyProgram(Diagnostics diagnostics, Map<String, String> texts) {
    super(diagnostics.render(texts));
    this.diagnostics = diagnostics;
    this.texts = texts;
  }

  public Diagnostics diagnostics() {
    return diagnostics;
  }

  /** The source texts by file name, for showing lines. */
  public Map<String, String> texts() {
    return texts;
  }
}
