/**
 * All that the compiler does to be fast, by name: {@link Optimization} is the list, {@link Switches} says which of it is done. Who rewrites a
 * graph, a schedule or loops asks here; options, help, tests and {@code docs/passes.md} follow from the list.
 */
package nnc.optimizations;
