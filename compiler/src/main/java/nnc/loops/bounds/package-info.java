/**
 * That kernels stay in their buffers, shown for all sizes at once.
 *
 * <p>{@link BoundsVerifier} walks a kernel; {@link KernelNumbers} gives each index as a {@link Polynomial} in the open dimensions and loop variables,
 * and what masks say of it; {@link InsideProof} takes the cases of the masks apart and uses what is {@link Promise promised} of places that are read from memory.
 * {@link SymbolicIntegers} holds what is known of variables, {@link NaturalProof} shows from it that a polynomial is not negative;
 * {@link KernelExtents} is what a call gives a kernel.
 */
package nnc.loops.bounds;
