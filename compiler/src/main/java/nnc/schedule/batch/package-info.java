/**
 * Whether a batch is cut into tiles that go through several kernels, and into which: {@link BatchTilingChoice}, by the cost model.
 */
package nnc.schedule.batch;
