package nnc.benchmarks;

import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The workloads' networks as Deeplearning4j's graphs, whose layers have the names that nnc's weights have. */
final class Dl4jNetwork {
  private final GraphBuilder graph;

  /** The layer that was added last, or the input. */
  private String end = "x";

  /** The cache keeps what a convolution has computed for its gradient, which otherwise computes it again. */
  private Dl4jNetwork(String workload) {
    graph = new NeuralNetConfiguration.Builder().updater(updater(workload)).trainingWorkspaceMode(WorkspaceMode.ENABLED)
        .cacheMode(CacheMode.DEVICE).inferenceWorkspaceMode(WorkspaceMode.ENABLED).graphBuilder().addInputs(end);
  }

  /** A network with the weights that nnc has. */
  static ComputationGraph of(String workload, Map<String, Array> weights) {
    var network = new Dl4jNetwork(workload);
    network.build(workload);
    var result = new ComputationGraph(network.graph.setOutputs(network.end).build());
    result.init();
    Dl4jHelpers.add(result);
    weights.forEach((path, value) -> set(result, path, value));
    return result;
  }

  private static IUpdater updater(String workload) {
    return switch (workload) {
      case "B" -> new Sgd(0.01);
      case "H" -> new Sgd(0.03);
      case "D" -> new Dl4jMomentum(0.05);
      default -> new Adam(0.001);
    };
  }

  private static void set(ComputationGraph network, String path, Array value) {
    int dot = path.lastIndexOf('.');
    var name = switch (path.substring(dot + 1)) {
      case "U" -> "RW";
      case "variance" -> "var";
      case String same -> same;
    };
    var layer = path.substring(0, dot);
    var given = Nd4j.create(value.values(), value.shape(), 'c');
    var weight = network.getLayer(layer).getParam(name);
    weight.assign((layer.equals("cell") ? gates(given) : given).reshape(weight.shape()));
  }

  /** From nnc's order (input, forget, cell, output) to Deeplearning4j's (cell, forget, output, input). */
  private static INDArray gates(INDArray all) {
    var columns = all.reshape(-1, 4 * 128);
    return Nd4j.concat(1, gate(columns, 2), gate(columns, 1), gate(columns, 3), gate(columns, 0));
  }

  private static INDArray gate(INDArray columns, int number) {
    return columns.get(NDArrayIndex.all(), NDArrayIndex.interval(number * 128L, (number + 1) * 128L));
  }

  private void build(String workload) {
    switch (workload) {
      case "A" -> {
        graph.setInputTypes(InputType.feedForward(784));
        dense("first", 512, Activation.RELU);
        dense("second", 512, Activation.RELU);
        classes();
      }
      case "B" -> {
        graph.setInputTypes(InputType.feedForward(784));
        dense("first", 100, Activation.RELU);
        classes();
      }
      case "C" -> lenet();
      case "D" -> resnet();
      case "E" -> {
        graph.setInputTypes(InputType.recurrent(12));
        add("cell", new LSTM.Builder().nOut(128).activation(Activation.TANH).gateActivationFunction(Activation.SIGMOID).build());
        add("last", new RnnOutputLayer.Builder(LossFunction.MCXENT).nOut(12).activation(Activation.SOFTMAX).build());
      }
      case "H" -> {
        graph.setInputTypes(InputType.feedForward(2));
        dense("first", 4, Activation.TANH);
        dense("second", 2, Activation.TANH);
        add("last", new OutputLayer.Builder(LossFunction.MSE).nOut(1).activation(Activation.IDENTITY).build());
      }
      default -> throw new IllegalArgumentException("no workload " + workload);
    }
  }

  private void add(String name, Layer layer) {
    graph.addLayer(name, layer, end);
    end = name;
  }

  private void dense(String name, int size, Activation activation) {
    add(name, new DenseLayer.Builder().nOut(size).activation(activation).build());
  }

  private void classes() {
    add("last", new OutputLayer.Builder(LossFunction.MCXENT).nOut(10).activation(Activation.SOFTMAX).build());
  }

  private void lenet() {
    graph.setInputTypes(InputType.convolutional(28, 28, 1));
    add("conv1", new ConvolutionLayer.Builder(5, 5).nOut(6).padding(2, 2).activation(Activation.RELU).build());
    add("pool1", pool());
    add("conv2", new ConvolutionLayer.Builder(5, 5).nOut(16).activation(Activation.RELU).build());
    add("pool2", pool());
    dense("first", 120, Activation.RELU);
    dense("second", 84, Activation.RELU);
    classes();
  }

  private static Layer pool() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2}).build();
  }

  private void resnet() {
    graph.setInputTypes(InputType.convolutional(32, 32, 3, CNN2DFormat.NHWC));
    normalised("", "", 16, 3, 1);
    relu("relu");
    for (int stage = 0; stage < 3; stage++) {
      for (int block = 0; block < 3; block++) {
        residual("residual." + stage + "." + block + ".", 16 << stage, stage > 0 && block == 0 ? 2 : 1);
      }
    }
    add("pool", new GlobalPoolingLayer(PoolingType.AVG));
    classes();
  }

  private void residual(String path, int filters, int stride) {
    var input = end;
    normalised(path, "", filters, 3, stride);
    relu(path + "relu");
    normalised(path, "_2", filters, 3, 1);
    var main = end;
    end = input;
    if (stride != 1) {
      normalised(path, "_3", filters, 1, stride);
    }
    graph.addVertex(path + "sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), main, end);
    end = path + "sum";
    relu(path + "relu_2");
  }

  /** A convolution without bias and the normalisation of what it gives. */
  private void normalised(String path, String number, int filters, int kernel, int stride) {
    add(path + "conv2d" + number, new ConvolutionLayer.Builder(kernel, kernel).nOut(filters).stride(stride, stride)
        .padding(kernel / 2, kernel / 2).hasBias(false).activation(Activation.IDENTITY).build());
    add(path + "batch_norm" + number, new BatchNormalization.Builder().eps(1e-5).decay(0.9).useLogStd(false).build());
  }

  private void relu(String name) {
    add(name, new ActivationLayer(Activation.RELU));
  }
}
