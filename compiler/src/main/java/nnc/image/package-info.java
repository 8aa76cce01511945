/**
 * Writes a folder or container image with a Java that has only what the network needs, and a cache of its classes.
 */
package nnc.image;
