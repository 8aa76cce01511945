package nnc.runtime.server;

import nnc.runtime.base.Fault;

/** Why a request is not answered: a status of HTTP and a sentence for who sent it. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  static final int BAD_REQUEST = 400, NOT_FOUND = 404, WRONG_METHOD = 405, LENGTH_REQUIRED = 411, TOO_LARGE = 413, WRONG_TYPE = 415, TOO_MANY = 429, INTERNAL = 500, UNAVAILABLE = 503;

  private final int status;

  Refusal(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  /** A request that is not as it should be. */
  static Refusal bad(String message) {
    return new Refusal(BAD_REQUEST, message);
  }

  /** What the network says of what it is given; what there is no memory for is too large. */
  static Refusal of(Fault fault) {
    return new Refusal(fault.getCause() instanceof OutOfMemoryError ? TOO_LARGE : BAD_REQUEST, fault.getMessage() + (fault.hint().isEmpty() ? "" : "; " + fault.hint()));
  }

  int status() {
    return status;
  }
}
