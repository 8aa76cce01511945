/**
 * What pages have in common that a command serves on this machine's own address: who may ask for them, how they are answered and told of events, and the
 * files that they share: their style in light and dark, colours, curves. {@code nnc train --watch} and the playground are made of it.
 */
package nnc.page;
