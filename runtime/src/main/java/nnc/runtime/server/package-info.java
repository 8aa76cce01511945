/**
 * A service of compiled networks: the Open Inference Protocol, version 2, over HTTP, by the JDK's own server. {@link nnc.runtime.server.InferenceServer} answers requests,
 * {@link nnc.runtime.server.Batcher} joins those that wait into one prediction, {@link nnc.runtime.server.ServedModel} is a network whose weights may be replaced meanwhile.
 * Jars carry it that are compiled with {@code --serve}; nothing else of the runtime speaks of it but the command {@code serve}, which is looked for by its name.
 */
package nnc.runtime.server;
