/**
 * Runs compiled plans.
 *
 * <p>{@link Executor} goes through a plan's calls ({@link CallTable}; {@link BatchTiles} where the
 * batch is cut) on an {@link Arena}. {@link KernelSet} has the code of each kernel, scalar at first, until
 * {@link KernelWarmer} has found the vector code to be faster. {@link CounterRandom} draws by seed, step and index.
 */
package nnc.runtime.engine;
