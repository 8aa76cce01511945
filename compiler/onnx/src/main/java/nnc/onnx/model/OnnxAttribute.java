package nnc.onnx.model;

import java.util.List;

/** What is known of a node before it runs. */
public sealed interface OnnxAttribute {
  record Real(float value) implements OnnxAttribute {}

  record Whole(long value) implements OnnxAttribute {}

  record Text(String value) implements OnnxAttribute {}

  record Constant(OnnxTensor value) implements OnnxAttribute {}

  record Body(OnnxGraph graph) implements OnnxAttribute {}

  record Reals(List<Float> values) implements OnnxAttribute {}

  record Wholes(List<Long> values) implements OnnxAttribute {}

  record Texts(List<String> values) implements OnnxAttribute {}

  /** In a function's body: what the attribute of that name of the function's use is. */
  record Outer(String name) implements OnnxAttribute {}

  /** Of a kind that no network of numbers has: types, lists of graphs. */
  record Foreign(String what) implements OnnxAttribute {}
}
