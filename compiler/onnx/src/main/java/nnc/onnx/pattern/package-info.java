/** Groups of terms that are one thing in the library: recognised, and said so. */
package nnc.onnx.pattern;
