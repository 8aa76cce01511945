package nnc.runtime.server;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nnc.runtime.base.Tensor;
import nnc.runtime.server.Signature.Incoming;
import nnc.runtime.server.Signature.Outgoing;
import nnc.runtime.spec.Vocabulary;

/**
 * What is asked: arrays by the inputs' names in the program, and the outputs that are wanted.
 *
 * @param id      as the request has it; null if it has none
 * @param arrays  each of the kind that the network has
 * @param outputs in the order of the request; all of the network's where it names none
 */
record InferenceRequest(String id, Map<String, Tensor> arrays, List<Wanted> outputs) {
  private static final int MOST_AXES = 32;

  /**
   * An output that is wanted.
   *
   * @param name   as the request calls it
   * @param binary whether its elements are sent as binary data
   */
  record Wanted(String name, Outgoing output, boolean binary) {}

  /**
   * Reads a request.
   *
   * @param body       JSON, and behind it what the inputs have as binary data, in their order
   * @param json       how many bytes of it are JSON
   * @param vocabulary of the weights that will answer
   * @throws Refusal if it is none, or not one of this network
   */
  static InferenceRequest read(byte[] body, int json, Signature signature, Vocabulary vocabulary) {
    var reader = new Reader(body, json, signature, vocabulary);
    reader.request();
    return reader.done();
  }

  /** The parameters of an object that the protocol knows. */
  private static final class Parameters {
    private Boolean binary;
    private Boolean allBinary;
    private long size = -1;
  }

  private static final class Reader {
    private final byte[] body;
    private final RequestText text;
    private final Signature signature;
    private final Vocabulary vocabulary;
    private final Map<String, Tensor> arrays = new LinkedHashMap<>();
    private final List<Wanted> wanted = new ArrayList<>();
    private String id;
    private boolean allBinary;
    /** Where binary data begins that no input has yet. */
    private int data;
    /** Where the list of outputs stands: it is read behind all else, since a parameter says how they are sent. */
    private int outputs = -1;

    Reader(byte[] body, int json, Signature signature, Vocabulary vocabulary) {
      this.body = body;
      this.signature = signature;
      this.vocabulary = vocabulary;
      text = new RequestText(body, json);
      data = json;
    }

    void request() {
      Set<String> seen = new HashSet<>();
      boolean given = false;
      text.begin('{');
      for (boolean first = true; text.hasNext('}', first); first = false) {
        String field = once(seen);
        switch (field) {
          case "id" -> id = text.text();
          case "parameters" -> allBinary = Boolean.TRUE.equals(parameters().allBinary);
          case "inputs" -> {
            given = true;
            inputs();
          }
          case "outputs" -> {
            outputs = text.place();
            text.skip();
          }
          default -> text.skip();
        }
      }
      text.requireEnd();
      if (!given && !signature.inputs().isEmpty()) {
        throw Refusal.bad("the request has no inputs");
      }
      if (outputs >= 0) {
        text.goTo(outputs);
        outputs();
      }
    }

    private String once(Set<String> seen) {
      String field = text.field();
      if (!seen.add(field)) {
        throw text.wrong("two fields of an object are called " + shortened(field));
      }
      return field;
    }

    private void inputs() {
      text.begin('[');
      for (boolean first = true; text.hasNext(']', first); first = false) {
        input();
      }
    }

    private void input() {
      Set<String> seen = new HashSet<>();
      String name = null;
      int[] shape = null;
      Datatype type = null;
      int elements = -1;
      var parameters = new Parameters();
      text.begin('{');
      for (boolean first = true; text.hasNext('}', first); first = false) {
        switch (once(seen)) {
          case "name" -> name = text.text();
          case "shape" -> shape = shape();
          case "datatype" -> type = datatype();
          case "parameters" -> parameters = parameters();
          case "data" -> {
            elements = text.place();
            text.skip();
          }
          default -> text.skip();
        }
      }
      int behind = text.place();
      if (name == null || shape == null || type == null) {
        throw text.wrong("an input has a name, a shape, a datatype and data");
      }
      Incoming input = known(name);
      var reader = new InputReader(input, shape, type, vocabulary, body.length);
      if (parameters.size >= 0 == elements >= 0) {
        throw text.wrong("input " + input.name() + " has " + (elements < 0 ? "neither data nor" : "both data and") + " the parameter binary_data_size");
      }
      if (elements >= 0) {
        text.goTo(elements);
        put(input, reader.read(text));
        text.goTo(behind);
      } else {
        int count = (int) Math.min(parameters.size, Integer.MAX_VALUE);
        if (count > body.length - data) {
          throw Refusal.bad("input " + input.name() + ": " + parameters.size + " bytes of binary data told, " + (body.length - data) + " left of the body");
        }
        put(input, reader.read(body, data, count));
        data += count;
      }
    }

    private Incoming known(String name) {
      Incoming input = signature.input(name);
      if (input == null) {
        List<String> names = new ArrayList<>();
        for (Incoming one : signature.inputs()) {
          names.add(one.name());
        }
        throw Refusal.bad("no input " + shortened(name) + "; the network takes " + String.join(", ", names));
      }
      return input;
    }

    private void put(Incoming input, Tensor array) {
      if (arrays.put(input.feed().name(), array) != null) {
        throw Refusal.bad("input " + input.name() + " is given twice");
      }
    }

    private int[] shape() {
      List<Integer> sizes = new ArrayList<>();
      text.begin('[');
      for (boolean first = true; text.hasNext(']', first); first = false) {
        long size = text.whole();
        if (size < 0 || size > Integer.MAX_VALUE || sizes.size() == MOST_AXES) {
          throw text.wrong(size < 0 || size > Integer.MAX_VALUE ? size + " is no size" : "a shape has at most " + MOST_AXES + " axes");
        }
        sizes.add((int) size);
      }
      int[] shape = new int[sizes.size()];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = sizes.get(i);
      }
      return shape;
    }

    private Datatype datatype() {
      String name = text.text();
      Datatype type = Datatype.named(name);
      if (type == null) {
        throw text.wrong("no datatype " + shortened(name));
      }
      return type;
    }

    private Parameters parameters() {
      var parameters = new Parameters();
      Set<String> seen = new HashSet<>();
      text.begin('{');
      for (boolean first = true; text.hasNext('}', first); first = false) {
        switch (once(seen)) {
          case "binary_data" -> parameters.binary = text.truth();
          case "binary_data_output" -> parameters.allBinary = text.truth();
          case "binary_data_size" -> {
            parameters.size = text.whole();
            if (parameters.size < 0) {
              throw text.wrong("binary_data_size is no number of bytes");
            }
          }
          default -> text.skip();
        }
      }
      return parameters;
    }

    private void outputs() {
      text.begin('[');
      for (boolean first = true; text.hasNext(']', first); first = false) {
        Set<String> seen = new HashSet<>();
        String name = null;
        var parameters = new Parameters();
        text.begin('{');
        for (boolean one = true; text.hasNext('}', one); one = false) {
          switch (once(seen)) {
            case "name" -> name = text.text();
            case "parameters" -> parameters = parameters();
            default -> text.skip();
          }
        }
        Outgoing output = name == null ? null : signature.output(name);
        if (output == null) {
          throw text.wrong(name == null ? "an output has a name" : "the network has no output " + shortened(name));
        }
        add(new Wanted(name, output, parameters.binary == null ? allBinary : parameters.binary));
      }
    }

    private void add(Wanted one) {
      for (Wanted other : wanted) {
        if (other.output() == one.output()) {
          throw Refusal.bad("output " + one.name() + " is asked for twice");
        }
      }
      wanted.add(one);
    }

    InferenceRequest done() {
      if (data < body.length) {
        throw Refusal.bad((body.length - data) + " bytes of the body belong to no input");
      }
      for (Incoming input : signature.inputs()) {
        if (!arrays.containsKey(input.feed().name())) {
          throw Refusal.bad("not given: input " + input.name());
        }
      }
      if (wanted.isEmpty()) {
        for (Outgoing output : signature.outputs()) {
          wanted.add(new Wanted(output.name(), output, allBinary));
        }
      }
      return new InferenceRequest(id, arrays, wanted);
    }

    private static String shortened(String name) {
      return name.length() > 100 ? name.substring(0, 100) + "..." : name;
    }
  }
}
