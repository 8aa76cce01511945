package nnc.onnx.write;

import java.util.Map;
import java.util.SequencedMap;
import nnc.onnx.model.OnnxTensor;

/**
 * What an import makes.
 *
 * @param text    the program
 * @param weights by path
 * @param names   by the model's name of an input, output or weight, the one it has in the program, where that is another
 */
public record ImportedProgram(String text, SequencedMap<String, OnnxTensor> weights, Map<String, String> names) {}
