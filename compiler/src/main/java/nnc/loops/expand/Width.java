package nnc.loops.expand;

import nnc.runtime.engine.Kernels;

/** How many bits a vector has; scalar code has none and needs no incubator module. */
public enum Width {
  SCALAR(0), V128(128), V256(256), V512(512);

  private final int bits;

  Width(int bits) {
    this.bits = bits;
  }

  /** The file of a class, in a jar, whose kernels a plan calls {@code kernels}. */
  public String file(String kernels) {
    return Kernels.file(kernels + suffix());
  }

  /** The end of the names of its classes. */
  public String suffix() {
    return Kernels.name("", bits);
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
