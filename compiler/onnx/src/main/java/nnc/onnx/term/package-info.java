/** What an ONNX graph computes, as expressions of the language with their types. */
package nnc.onnx.term;
