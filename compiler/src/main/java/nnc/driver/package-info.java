/**
 * Parts of a compilation that belong to no stage: how weights are laid out, what the runtime is told ({@link ModelSpecBuilder}), work side by side.
 */
package nnc.driver;
