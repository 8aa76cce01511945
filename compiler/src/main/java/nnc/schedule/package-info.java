/**
 * From a graph to kernels in an order.
 *
 * <p>{@link Fusion} gathers nodes into kernels of one {@link IterationSpace}, {@link KernelAssembly} decides what
 * each stores and what it computes again ({@link Rematerialization}), and {@link WeightOnlyKernels} are those that run once as
 * long as weights stay. The result is a {@link Schedule}.
 */
package nnc.schedule;
