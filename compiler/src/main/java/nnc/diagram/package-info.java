/**
 * Networks as diagrams: what their boxes and lines are ({@link nnc.diagram.LayerDiagram}, {@link nnc.diagram.NodeDiagram}), where they are drawn
 * ({@link nnc.diagram.RankedLayout}, after Sugiyama, Tagawa and Toda 1981, each group by itself), and as what: SVG or DOT.
 */
package nnc.diagram;
