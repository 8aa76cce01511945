package nnc.runtime.train;

import nnc.runtime.base.Threads;

/**
 * What runs over data have around them.
 *
 * @param progress  is told how it goes
 * @param interrupt asks them to stop
 * @param threads   compute
 */
public record RunEnvironment(Progress progress, Interrupt interrupt, Threads threads) {}
