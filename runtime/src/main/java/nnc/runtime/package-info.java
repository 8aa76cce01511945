/**
 * Compiled networks in a Java program.
 *
 * {@snippet :
 * Model model = Model.load(Path.of("mlp.jar"), Path.of("weights.npz"));
 * Context context = model.context("predict", 1);
 * context.input("image").set(pixels);
 * context.run();
 * context.output("scores").copyTo(scores, 0);
 * }
 *
 * <p>A {@link Model} is shared by all threads; each has a {@link Context} of its own, a run of which allocates nothing.
 */
package nnc.runtime;
