/**
 * Training: {@link Trainer} goes through the epochs, {@link BatchFeeder} draws batches,
 * {@link MetricTally} adds up losses and metrics, {@link Checkpoints} keep what a resumed training needs to give the
 * same bits, {@link Progress} tells of it.
 */
package nnc.runtime.train;
