/** Pictures as text: lines of SVG. */
package nnc.draw;
