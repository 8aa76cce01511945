/**
 * Programs in a Maven build: {@link nnc.maven.CompileMojo} makes classes of them, {@link nnc.maven.TrainMojo} their weights. What they do is done by the compiler's command
 * line, {@code nnc java} and {@code nnc fit}, in a process on a Java that it can run on ({@link nnc.maven.CompilerProcess}); what is here knows of Maven alone.
 */
package nnc.maven;
