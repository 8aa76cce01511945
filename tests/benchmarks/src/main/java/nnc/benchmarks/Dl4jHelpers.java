package nnc.benchmarks;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNBatchNormHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNSubsamplingHelper;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Gives layers of pictures the helpers that let oneDNN compute them. Deeplearning4j 1.0.0-M2.1 does so itself only if it finds a class by
 * the name that it had in earlier releases, so never; without them it is several times slower.
 */
final class Dl4jHelpers {
  private Dl4jHelpers() {}

  static void add(ComputationGraph network) {
    for (var layer : network.getLayers()) {
      switch (layer) {
        case ConvolutionLayer convolution -> set(ConvolutionLayer.class, convolution, new MKLDNNConvHelper(DataType.FLOAT));
        case SubsamplingLayer pool -> set(SubsamplingLayer.class, pool, new MKLDNNSubsamplingHelper(DataType.FLOAT));
        case BatchNormalization norm -> set(BatchNormalization.class, norm, new MKLDNNBatchNormHelper(DataType.FLOAT));
        default -> {}
      }
    }
  }

  private static void set(Class<?> declaring, Object layer, Object helper) {
    try {
      var field = declaring.getDeclaredField("helper");
      field.setAccessible(true);
      field.set(layer, helper);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
