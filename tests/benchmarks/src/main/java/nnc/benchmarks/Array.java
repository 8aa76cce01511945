package nnc.benchmarks;

/** An array in row-major order. */
record Array(float[] values, long... shape) {}
