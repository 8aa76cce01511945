package nnc.playground;

import nnc.runtime.Model;

/**
 * A training at one moment.
 *
 * @param model   a copy: what was learned until then
 * @param step    steps done
 * @param epoch   epochs done
 * @param running whether it goes on by itself
 * @param speed   steps a second at present
 */
record Snapshot(PointProgram program, Model model, int step, int epoch, boolean running, double speed) {}
