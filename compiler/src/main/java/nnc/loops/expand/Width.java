package nnc.loops.expand;

/** How many bits a vector has; scalar code has none and needs no incubator module. */
public enum Width {
  SCALAR(0, "Scalar"), V128(128, "128"), V256(256, "256"), V512(512, "512");

  private final int bits;
  private final String suffix;

  Width(int bits, String suffix) {
    this.bits = bits;
    this.suffix = suffix;
  }

  /** What an emitted class's name ends in. */
  public String suffix() {
    return suffix;
  }

  /** Elements that the machine works on at once. */
  public int lanes(int precision) {
    return Math.max(1, bits / precision);
  }

  /** Vector registers that a machine of this width has at least. */
  public int registers() {
    return this == V512 ? 32 : 16;
  }
}
