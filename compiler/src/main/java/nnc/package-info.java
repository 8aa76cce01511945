/**
 * The compiler's face: {@link Compiler} compiles a source in memory, and tells of each stage on the way.
 */
package nnc;
