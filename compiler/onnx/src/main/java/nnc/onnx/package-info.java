/** ONNX files in: what {@code nnc import} does, from end to end. */
package nnc.onnx;
