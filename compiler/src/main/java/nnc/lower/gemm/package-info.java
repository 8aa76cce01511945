/**
 * Matrix products: {@link LowerMatMul} chooses. {@link GemmOrientation} says which operand's columns lie along the lanes,
 * {@link GemmBlocking} how big the blocks are for each cache, {@link OperandPacking} packs panels,
 * {@link GemmLoops} writes the loops over blocks, {@link GemmSums} each block's {@link nnc.loops.Loop.Stmt.Product} and epilogue.
 */
package nnc.lower.gemm;
