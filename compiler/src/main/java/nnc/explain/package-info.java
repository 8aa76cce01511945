/**
 * Tells what the compiler has decided and what it costs: {@link ScheduleReport} by kernel, {@link RooflineChart} beside what the
 * machine can do, whose figures {@link MachineCalibration} measures.
 */
package nnc.explain;
