/**
 * What builds want of a compiler: that the same is not done twice ({@link nnc.build.BuildStamp}, {@link nnc.build.ContentHash}), and that training is reproducible and
 * judged ({@link nnc.build.ReproducibleTraining}).
 */
package nnc.build;
