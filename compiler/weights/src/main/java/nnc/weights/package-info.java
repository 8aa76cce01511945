/** Weights of other frameworks for a program: files are read and written, arrays matched with paths by name, layer, shape and order, layouts turned. */
package nnc.weights;
