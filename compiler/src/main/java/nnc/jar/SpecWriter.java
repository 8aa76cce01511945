package nnc.jar;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Slices;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.ModelSpec.Weight;
import nnc.runtime.spec.SpecFile;

/** Writes what {@link SpecFile} reads. Jars do not carry it. */
public final class SpecWriter {
  private final SpecOutput out;

  private SpecWriter(SpecOutput out) {
    this.out = out;
  }

  /** Writes {@code spec}; does not close {@code file}. */
  public static void write(ModelSpec spec, OutputStream file) throws IOException {
    var data = new DataOutputStream(file);
    data.writeInt(SpecFile.MAGIC);
    data.writeInt(SpecFile.VERSION);
    new SpecWriter(new SpecOutput(data)).spec(spec);
    data.flush();
  }

  private void spec(ModelSpec spec) throws IOException {
    out.text(spec.name());
    out.number(spec.precision());
    out.text(spec.source());
    out.number(spec.inputs().size());
    for (var feed : spec.inputs()) {
      feed(feed);
    }
    out.number(spec.weights().size());
    for (var weight : spec.weights()) {
      weight(weight);
    }
    out.number(spec.weightCount());
    out.number(spec.plans().size());
    for (var plan : spec.plans()) {
      plan(plan);
    }
    sources(spec.data());
    out.number(spec.training().settings().size());
    for (var setting : spec.training().settings().entrySet()) {
      out.number(setting.getKey().ordinal());
      value(setting.getValue());
    }
    out.number(spec.training().least());
    out.text(spec.training().reason());
    out.texts(spec.training().figures());
    out.number(spec.layers().size());
    for (var layer : spec.layers()) {
      out.text(layer.path());
      out.text(layer.kind());
      out.text(layer.shape());
      out.number(layer.parameters());
    }
    out.number(spec.formulas().size());
    for (var formulas : spec.formulas().entrySet()) {
      out.text(formulas.getKey());
      spec(formulas.getValue());
    }
  }

  private void feed(Feed feed) throws IOException {
    out.text(feed.name());
    out.flag(feed.target());
    out.number(feed.kind().ordinal());
    out.texts(feed.dims());
    out.polys(feed.shape());
    out.number(feed.low());
    out.number(feed.high());
  }

  private void weight(Weight weight) throws IOException {
    out.text(weight.path());
    out.number(weight.kind().ordinal());
    out.ints(weight.shape());
    out.number(weight.offset());
    out.text(weight.initialiser().name());
    out.decimals(weight.initialiser().arguments());
    out.flag(weight.frozen());
  }

  private void plan(Plan plan) throws IOException {
    out.text(plan.name());
    out.text(plan.kernels());
    out.texts(plan.dims());
    out.number(plan.batch());
    out.polys(plan.slots());
    out.poly(plan.scratch());
    out.number(plan.calls().size());
    for (var call : plan.calls()) {
      call(call);
    }
    out.number(plan.prepared());
    slices(plan.slices());
    out.flag(plan.learns());
    places(plan.inputs());
    out.number(plan.unread().size());
    for (var input : plan.unread().entrySet()) {
      out.text(input.getKey());
      out.polys(input.getValue());
    }
    out.number(plan.results().size());
    for (var result : plan.results()) {
      out.number(result.role().ordinal());
      out.text(result.name());
      out.number(result.kind().ordinal());
      place(result.place());
      out.number(result.rows());
    }
    places(plan.counters());
    out.number(plan.needs().size());
    for (var need : plan.needs()) {
      out.poly(need.number());
      out.text(need.text());
    }
  }

  private void slices(Slices slices) throws IOException {
    out.number(slices.dim());
    out.number(slices.size());
    out.number(slices.from());
    out.number(slices.to());
    out.ints(slices.own());
    out.polys(slices.rows());
  }

  private void call(Call call) throws IOException {
    out.number(call.kernel());
    out.number(call.arguments().size());
    for (var argument : call.arguments()) {
      if (argument instanceof Argument.Slot slot) {
        out.number(0);
        out.number(slot.slot());
        out.poly(slot.offset());
      } else if (argument instanceof Argument.Offset offset) {
        out.number(1);
        out.number(offset.offset());
      } else if (argument instanceof Argument.Value value) {
        out.number(2);
        out.poly(value.value());
      } else if (argument instanceof Argument.Drawn drawn) {
        out.number(3);
        out.number(drawn.dim());
        out.poly(drawn.row());
        out.flag(drawn.high());
      }
    }
    out.poly(call.blocks());
    out.flag(call.parallel());
    out.poly(call.work());
    out.text(call.label());
    out.number(call.line());
  }

  private void places(Map<String, Place> places) throws IOException {
    out.number(places.size());
    for (var entry : places.entrySet()) {
      out.text(entry.getKey());
      place(entry.getValue());
    }
  }

  private void place(Place place) throws IOException {
    out.number(place.slot());
    out.polys(place.shape());
  }

  private void sources(Map<String, Source> sources) throws IOException {
    out.number(sources.size());
    for (var entry : sources.entrySet()) {
      out.text(entry.getKey());
      source(entry.getValue());
    }
  }

  private void source(Source source) throws IOException {
    out.text(source.name());
    out.number(source.arguments().size());
    for (var argument : source.arguments()) {
      source(argument);
    }
    sources(source.named());
    value(source.value());
    out.number(source.line());
  }

  /** No switch: the JVM would make a class for it at every start, which takes longer than to write a spec. */
  private void value(Object value) throws IOException {
    if (value == null) {
      out.number(0);
    } else if (value instanceof Boolean bool) {
      out.number(1);
      out.flag(bool);
    } else if (value instanceof String text) {
      out.number(2);
      out.text(text);
    } else if (value instanceof Number any) {
      out.number(3);
      out.decimal(any.doubleValue());
    } else {
      throw new IllegalArgumentException("no format for a value of " + value.getClass());
    }
  }
}
