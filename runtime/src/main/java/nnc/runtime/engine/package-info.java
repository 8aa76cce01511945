/**
 * Runs compiled plans.
 *
 * <p>{@link Executor} goes through a plan's calls ({@link CallTable}; {@link BatchTiles} where the
 * batch is cut) on an {@link Arena}. {@link KernelSet} has the code of each kernel, scalar at first, until
 * {@link KernelWarmer} has had the vector code compiled ({@link MethodWarmer}, {@link VectorPrimer}). {@link CounterRandom} draws by seed, step and index.
 */
package nnc.runtime.engine;
