package nnc.benchmarks;

import java.util.Map;

/**
 * What was measured of one workload with one number of threads.
 *
 * @param figures    of each engine, in the workload's unit; nnc's first
 * @param high       99th percentiles of latencies in microseconds, by engine
 * @param ratios     of nnc to each peer, above one where nnc is better: the median over the rounds of the ratio in a round
 * @param flops      useful floating-point operations a second of nnc
 * @param peak       the most that there could be, measured in the same rounds
 * @param traffic    bytes a second that nnc must move at least: weights, optimizer state read and written once, inputs read
 * @param bandwidth  the most that there could be
 * @param allocated  bytes that a run of nnc's allocates on the heap
 * @param memory     bytes beyond the parameters: as nnc has planned them; of a peer, by how much its process grew from the first run on
 * @param difference the largest relative difference between what nnc and a peer compute, by peer
 * @param quiet      rounds in which the machine did little else
 * @param rounds     all rounds
 */
record Result(Workload workload, int threads, Map<String, Double> figures, Map<String, Double> high, Map<String, Double> ratios,
    double flops, double peak, double traffic, double bandwidth, double allocated, Map<String, Long> memory,
    Map<String, Double> difference, int quiet, int rounds) {}
