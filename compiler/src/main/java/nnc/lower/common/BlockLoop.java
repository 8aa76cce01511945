package nnc.lower.common;

import nnc.graph.Dim;
import nnc.loops.Loop;

/**
 * A kernel's outermost loop, whose iterations are the blocks that threads share.
 *
 * @param variable that numbers the blocks
 * @param blocks   how many
 * @param parallel whether threads may share them
 * @param work     roughly the number of instructions of all blocks
 */
public record BlockLoop(String variable, Loop.LoopKind kind, Dim blocks, boolean parallel, Dim work) {}
