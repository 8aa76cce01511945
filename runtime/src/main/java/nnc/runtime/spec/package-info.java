/**
 * What a compiled network says of itself: {@link ModelSpec} as records, {@link SpecFile} as the file in a jar, with
 * sizes that are {@link Polynomials polynomials} of the open dimensions.
 */
package nnc.runtime.spec;
