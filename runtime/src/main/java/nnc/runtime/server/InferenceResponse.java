package nnc.runtime.server;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import nnc.runtime.base.Json;
import nnc.runtime.base.Tensor;
import nnc.runtime.server.InferenceRequest.Wanted;

/**
 * An answer.
 *
 * @param json how many bytes of the body are JSON, where binary data follows; -1 where it is JSON alone
 */
record InferenceResponse(byte[] body, int json) {

  /** What a request is answered with by the arrays that were predicted for it. */
  static InferenceResponse of(String model, String version, InferenceRequest request, Map<String, Tensor> predicted) {
    var head = new Json().put("model_name", model).put("model_version", version);
    if (request.id() != null) {
      head.put("id", request.id());
    }
    var text = new StringBuilder(head.toString());
    text.setLength(text.length() - 1);
    text.append(",\"outputs\":[");
    int binary = 0;
    boolean any = false;
    for (int i = 0; i < request.outputs().size(); i++) {
      Wanted wanted = request.outputs().get(i);
      Tensor array = predicted.get(wanted.output().result().name());
      text.append(i == 0 ? "" : ",");
      var one = new StringBuilder(new Json().put("name", wanted.name()).put("datatype", wanted.output().type().name()).toString());
      one.setLength(one.length() - 1);
      text.append(one).append(",\"shape\":");
      sizes(text, array.shape());
      if (wanted.binary()) {
        int size = array.size() * wanted.output().type().bytes();
        text.append(",\"parameters\":{\"binary_data_size\":").append(size).append('}');
        binary += size;
        any = true;
      } else {
        elements(text.append(",\"data\":"), array);
      }
      text.append('}');
    }
    byte[] json = text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    return any ? new InferenceResponse(joined(json, binary, request, predicted), json.length) : new InferenceResponse(json, -1);
  }

  private static void sizes(StringBuilder text, int[] shape) {
    text.append('[');
    for (int i = 0; i < shape.length; i++) {
      text.append(i == 0 ? "" : ",").append(shape[i]);
    }
    text.append(']');
  }

  /** What JSON has no number for, NaN and infinity, is null. */
  private static void elements(StringBuilder text, Tensor array) {
    text.append('[');
    Object data = array.data();
    for (int i = 0; i < array.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      if (data instanceof float[] floats) {
        if (Float.isFinite(floats[i])) {
          text.append(floats[i]);
        } else {
          text.append("null");
        }
      } else if (data instanceof double[] doubles) {
        if (Double.isFinite(doubles[i])) {
          text.append(doubles[i]);
        } else {
          text.append("null");
        }
      } else if (data instanceof boolean[] truths) {
        text.append(truths[i]);
      } else {
        text.append(((int[]) data)[i]);
      }
    }
    text.append(']');
  }

  private static byte[] joined(byte[] json, int binary, InferenceRequest request, Map<String, Tensor> predicted) {
    var all = ByteBuffer.allocate(Math.addExact(json.length, binary)).order(ByteOrder.LITTLE_ENDIAN).put(json);
    for (Wanted wanted : request.outputs()) {
      if (wanted.binary()) {
        put(all, predicted.get(wanted.output().result().name()).data());
      }
    }
    return all.array();
  }

  private static void put(ByteBuffer all, Object data) {
    if (data instanceof float[] floats) {
      all.asFloatBuffer().put(floats);
      all.position(all.position() + 4 * floats.length);
    } else if (data instanceof double[] doubles) {
      all.asDoubleBuffer().put(doubles);
      all.position(all.position() + 8 * doubles.length);
    } else if (data instanceof boolean[] truths) {
      for (boolean truth : truths) {
        all.put((byte) (truth ? 1 : 0));
      }
    } else {
      int[] ints = (int[]) data;
      all.asIntBuffer().put(ints);
      all.position(all.position() + 4 * ints.length);
    }
  }
}
