/**
 * That kernels stay in their buffers, shown for all sizes at once.
 *
 * <p>{@link BoundsVerifier} walks a kernel and gives each access a {@link Polynomial} in the open dimensions and loop variables;
 * {@link SymbolicIntegers} holds what is known of these, {@link NaturalProof} shows from it that a polynomial is not negative;
 * {@link KernelExtents} is what a call gives a kernel.
 */
package nnc.loops.bounds;
