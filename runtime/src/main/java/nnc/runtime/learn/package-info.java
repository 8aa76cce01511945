/**
 * Training from Java: what the command line's {@code train} does, with data in memory and listeners, and steps in loops of one's own.
 *
 * {@snippet :
 * TrainingRun run = Training.of(Model.load(Path.of("spiral.jar")))
 *     .train(Examples.of(Map.of("point", points, "label", labels)))
 *     .validate(0.1)
 *     .epochs(20)
 *     .run();
 * Context context = run.model().context("predict", 1);
 * }
 *
 * <p>{@link nnc.runtime.learn.Training} says what is trained on what, {@link nnc.runtime.learn.TrainingListener} follows it,
 * {@link nnc.runtime.learn.Learner} takes single steps.
 */
package nnc.runtime.learn;
