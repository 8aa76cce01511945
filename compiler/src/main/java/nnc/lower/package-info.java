/**
 * From a schedule to loops: {@link Lowering} makes the plan that the runtime goes through, {@link KernelLowering} has each kernel
 * lowered by its form, {@link KernelSignature} finds those that differ only by where they read and write, which share the code that
 * {@link SharedKernels} keeps, and {@link PlanSizes} tells sizes in the runtime's terms.
 */
package nnc.lower;
