/**
 * From a schedule to loops: {@link Lowering} lowers each kernel by its form and makes the plan that the runtime goes through;
 * {@link KernelSignature} finds kernels that differ only by where they read and write, which share code.
 */
package nnc.lower;
