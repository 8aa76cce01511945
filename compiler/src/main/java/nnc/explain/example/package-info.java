/**
 * A network as lectures tell of it, in the names of its program: the backward pass as a program ({@link GradientSource}), whose values are called as
 * {@link ValueNames} says.
 */
package nnc.explain.example;
