/**
 * Who follows a training of the command line while it goes on: a folder of pictures, a page that is served, event files for TensorBoard. They read weights between
 * steps and change nothing: the bits of what is learned are the same with them and without.
 */
package nnc.follow;
