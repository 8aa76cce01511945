package nnc.spark;

import java.io.Serializable;

/** A row as the numbers that inputs and targets are fed, one behind the other in the program's order. */
record RowNumbers(double[] values) implements Serializable {}
