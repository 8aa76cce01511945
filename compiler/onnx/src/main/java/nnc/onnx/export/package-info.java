/** From a program's graph to the nodes of an ONNX model: groups that ONNX has an operator for first, op by op what is left. */
package nnc.onnx.export;
