package nnc.source;

import java.util.concurrent.CancellationException;

/** A fault of the compiler's own, with the place in the program that it was at; the cause says what happened. */
public final class CompilerFault extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final transient Span place;

  private CompilerFault(Span place, Throwable cause) {
    super(cause.toString(), cause);
    this.place = place;
  }

  /**
   * What to throw where something went wrong at a place. The innermost place counts, and who gives a compilation up is let through.
   *
   * @param place {@link Span#NONE} where none is known
   */
  public static RuntimeException at(Span place, Throwable cause) {
    return switch (cause) {
      case CompilerFault known when !known.place.equals(Span.NONE) -> known;
      case CompilerFault known -> new CompilerFault(place, known.getCause());
      case CancellationException given -> given;
      default -> new CompilerFault(place, cause);
    };
  }

  /** Where in the program's text it was; {@link Span#NONE} if that is not known. */
  public Span place() {
    return place;
  }
}
