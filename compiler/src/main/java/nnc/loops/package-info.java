/**
 * The loop IR: what a kernel does, one level above bytecode.
 *
 * <p>{@link Loop} has its sealed records: whole numbers, elements, statements, buffers. A loop is serial, or runs along the lanes of logical
 * vectors of 64 bytes, which the emitter cuts into those of the machine. {@link LoopPrinter} shows it, {@link LoopVerifier} checks it, {@link Ints} computes with
 * its whole numbers, {@link LoopStrides} tells how far an access moves in an iteration.
 */
package nnc.loops;
