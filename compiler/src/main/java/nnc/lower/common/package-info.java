/**
 * What all kernels are made of: {@link AffineIndex} knows where an element lies, as a polynomial of loop variables,
 * {@link ValueLowering} computes a node's element, {@link StoreLowering} stores one,
 * {@link Epilogue} is what follows a sum before it is stored, {@link PackedOperand} a matrix packed once for all
 * products that read it.
 */
package nnc.lower.common;
