/**
 * What all pictures are made of: lines of SVG in one style, scales with their ticks, plots, colours, pixels as PNG. Written here because chart libraries for
 * Java draw by AWT or bring a page's scripts along, and know neither a reader's dark pages nor a network's layers.
 */
package nnc.draw;
