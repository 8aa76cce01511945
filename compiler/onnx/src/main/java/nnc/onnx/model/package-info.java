/** An ONNX file as plain records: read, checked, and free of protobuf. */
package nnc.onnx.model;
