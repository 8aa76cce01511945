/** Terms as the text of a program, with the arrays of its weights. */
package nnc.onnx.write;
