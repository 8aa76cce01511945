/**
 * Rewrites of loops for a width of vectors: the last step before bytecode, {@link Expansion}.
 *
 * <p>A product becomes tiles of sums in registers ({@link TileProducts}, {@link MicroKernel}), for rows of dot products
 * ({@link DotProductTiles}) or with zeros left out ({@link ZeroSkippingTiles}); a transposition becomes shuffles
 * ({@link TransposeInRegisters}).
 */
package nnc.loops.expand;
