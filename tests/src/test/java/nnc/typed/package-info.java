/** Classes that are written for networks compile, and say what a predictor says. */
package nnc.typed;
