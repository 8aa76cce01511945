/**
 * A network as lectures tell of it, in the names of its program: one example on its way forward and back with all numbers ({@link Walkthrough}), by how much
 * each number would have to change for the loss to fall ({@link Blame}), the backward pass as a program ({@link GradientSource}).
 */
package nnc.explain.example;
