package nnc.runtime.server;

import java.io.PrintStream;
import nnc.runtime.base.Json;

/** What a service tells its operator: a line of text an event, or one JSON object. */
public final class ServerLog {
  private final PrintStream out;
  private final boolean json;

  private ServerLog(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** Lines of text. */
  public static ServerLog ofText(PrintStream out) {
    return new ServerLog(out, false);
  }

  /** JSON objects. */
  public static ServerLog ofJson(PrintStream out) {
    return new ServerLog(out, true);
  }

  /** Tells of an event; {@code fields} has more of it for machines. */
  public void tell(String event, String text, Json fields) {
    synchronized (out) {
      out.println(json ? new Json().put("event", event).put("message", text).raw("detail", fields.toString()).toString() : text);
      out.flush();
    }
  }
}
