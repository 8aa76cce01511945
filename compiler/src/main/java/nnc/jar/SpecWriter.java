package nnc.jar;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import nnc.runtime.spec.ColumnType;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.ModelSpec.Argument;
import nnc.runtime.spec.ModelSpec.Call;
import nnc.runtime.spec.ModelSpec.Feed;
import nnc.runtime.spec.ModelSpec.Place;
import nnc.runtime.spec.ModelSpec.Plan;
import nnc.runtime.spec.ModelSpec.Source;
import nnc.runtime.spec.ModelSpec.Tiling;
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
    out.list(spec.inputs(), this::feed);
    out.list(spec.weights(), this::weight);
    out.number(spec.weightCount());
    out.list(spec.plans(), this::plan);
    sources(spec.data());
    out.list(spec.training().settings().entrySet(), setting -> {
      out.number(setting.getKey().ordinal());
      value(setting.getValue());
    });
    out.number(spec.training().least());
    out.text(spec.training().reason());
    out.texts(spec.training().figures());
    out.ints(spec.training().every());
    out.list(spec.layers(), layer -> {
      out.text(layer.path());
      out.text(layer.kind());
      out.text(layer.shape());
      out.number(layer.parameters());
    });
    out.list(spec.formulas().entrySet(), formulas -> {
      out.text(formulas.getKey());
      spec(formulas.getValue());
    });
  }

  private void feed(Feed feed) throws IOException {
    out.text(feed.name());
    out.text(feed.alias());
    out.flag(feed.target());
    out.number(feed.kind().ordinal());
    out.texts(feed.dims());
    out.polys(feed.shape());
    out.number(feed.low());
    out.number(feed.high());
    column(feed.column());
  }

  private void column(ColumnType column) throws IOException {
    switch (column) {
      case ColumnType.Numbers(var gaps) -> {
        out.number(0);
        out.flag(gaps);
      }
      case ColumnType.Listed(var names, var other) -> {
        out.number(1);
        out.texts(names);
        out.flag(other);
      }
      case ColumnType.Learned(var most, var other) -> {
        out.number(2);
        out.number(most);
        out.flag(other);
      }
      case ColumnType.Hashed(var classes) -> {
        out.number(3);
        out.number(classes);
      }
      case ColumnType.Dates(var part, var format, var gaps) -> {
        out.number(4);
        out.text(part);
        out.text(format);
        out.flag(gaps);
      }
    }
  }

  private void weight(Weight weight) throws IOException {
    out.text(weight.path());
    out.number(weight.kind().ordinal());
    out.number(weight.elements().ordinal());
    out.ints(weight.shape());
    out.number(weight.offset());
    out.number(weight.initialiser().kind().ordinal());
    if (weight.initialiser().kind().fitted()) {
      out.text(weight.initialiser().input());
    }
    out.list(weight.initialiser().arguments(), out::decimal);
    out.flag(weight.frozen());
  }

  private void plan(Plan plan) throws IOException {
    out.text(plan.name());
    out.text(plan.kernels());
    out.texts(plan.dims());
    out.list(plan.quotients(), quotient -> {
      out.text(quotient.name());
      out.poly(quotient.of());
      out.number(quotient.by());
    });
    out.number(plan.batch());
    out.polys(plan.slots());
    out.ints(plan.bits());
    out.poly(plan.scratch());
    out.list(plan.calls(), this::call);
    out.number(plan.prepared());
    tiling(plan.tiling());
    out.flag(plan.learns());
    places(plan.inputs());
    out.list(plan.unread().entrySet(), input -> {
      out.text(input.getKey());
      out.polys(input.getValue());
    });
    out.list(plan.results(), result -> {
      out.number(result.role().ordinal());
      out.text(result.name());
      out.number(result.kind().ordinal());
      place(result.place());
      out.number(result.rows());
      out.text(result.names());
      out.text(result.alias());
    });
    places(plan.counters());
    out.list(plan.needs(), need -> {
      out.poly(need.number());
      out.text(need.text());
    });
    out.list(plan.repeats(), repeat -> {
      out.text(repeat.turn());
      out.poly(repeat.turns());
      out.number(repeat.from());
      out.number(repeat.to());
      out.list(repeat.going() == null ? List.of() : List.of(repeat.going()), this::place);
    });
    out.list(plan.branches(), out::ints);
  }

  private void tiling(Tiling tiling) throws IOException {
    out.number(tiling.dim());
    out.number(tiling.size());
    out.number(tiling.from());
    out.number(tiling.to());
    out.ints(tiling.own());
    out.polys(tiling.rows());
  }

  private void call(Call call) throws IOException {
    out.number(call.kernel());
    out.list(call.arguments(), this::argument);
    out.poly(call.blocks());
    out.flag(call.parallel());
    out.poly(call.work());
    out.text(call.label());
    out.number(call.line());
  }

  private void argument(Argument argument) throws IOException {
    switch (argument) {
      case Argument.Slot slot -> {
        out.number(0);
        out.number(slot.slot());
        out.poly(slot.offset());
      }
      case Argument.Offset offset -> {
        out.number(1);
        out.number(offset.offset());
      }
      case Argument.Value value -> {
        out.number(2);
        out.poly(value.value());
      }
      case Argument.Drawn drawn -> {
        out.number(3);
        out.number(drawn.dim());
        out.poly(drawn.row());
        out.flag(drawn.high());
      }
    }
  }

  private void places(Map<String, Place> places) throws IOException {
    out.list(places.entrySet(), entry -> {
      out.text(entry.getKey());
      place(entry.getValue());
    });
  }

  private void place(Place place) throws IOException {
    out.number(place.slot());
    out.polys(place.shape());
  }

  private void sources(Map<String, Source> sources) throws IOException {
    out.list(sources.entrySet(), entry -> {
      out.text(entry.getKey());
      source(entry.getValue());
    });
  }

  private void source(Source source) throws IOException {
    out.text(source.name());
    out.list(source.arguments(), this::source);
    sources(source.named());
    value(source.value());
    out.number(source.line());
  }

  private void value(Object value) throws IOException {
    switch (value) {
      case null -> out.number(0);
      case Boolean bool -> {
        out.number(1);
        out.flag(bool);
      }
      case String text -> {
        out.number(2);
        out.text(text);
      }
      case Number any -> {
        out.number(3);
        out.decimal(any.doubleValue());
      }
      default -> throw new IllegalArgumentException("no format for a value of " + value.getClass());
    }
  }
}
