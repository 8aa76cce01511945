/**
 * Matrix products: {@link GemmOrientation} says which operand's columns lie along the lanes,
 * {@link GemmBlocking} how big the blocks are for each cache, {@link OperandPacking} packs panels,
 * {@link LowerMatMul} writes the loops around {@link nnc.loops.Loop.Stmt.Product}.
 */
package nnc.lower.gemm;
