/**
 * Compiled networks on Apache Spark: {@link nnc.spark.NnModel} predicts for the rows of a Dataset, {@link nnc.spark.NnTraining} trains on them in barrier stages to the
 * bits of one machine. What is wrong with columns or rows is a {@link nnc.runtime.base.Fault} that names them.
 */
package nnc.spark;
