/** From the nodes of an ONNX graph to terms of the language, an operator at a time. */
package nnc.onnx.translate;
