package nnc.driver;

import nnc.optimizations.Optimization;

/**
 * What an optimization did to one purpose, as text: to its graph, its schedule, or those of its loop kernels that it changed.
 *
 * @param before what it was given
 * @param after  what it left
 */
public record Shown(Optimization optimization, String before, String after) {}
