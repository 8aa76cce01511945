/**
 * From loops to class files, by ASM: scalar code, and code of the Vector API for 128, 256 and 512 bits.
 *
 * <p>{@link ProgramEmitter} makes a plan's classes, {@link KernelEmitter} a kernel's method; {@link ScalarCode} and
 * {@link VectorCode} are the two ways to write an expression, of which the results are the same bits.
 */
package nnc.bytecode;
