/**
 * Writes a jar that runs by itself: the emitted classes, the specification, and those of the runtime's classes that it needs.
 */
package nnc.jar;
