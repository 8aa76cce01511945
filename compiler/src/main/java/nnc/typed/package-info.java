/**
 * A network as a Java class: from what the compiler says of a program's inputs and outputs, and the comments that stand beside them, to the source of a class with
 * records, enums and methods of their types, over {@link nnc.runtime.Predictor}. {@link nnc.typed.TypedClasses} is the way from end to end.
 */
package nnc.typed;
