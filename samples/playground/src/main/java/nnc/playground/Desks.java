package nnc.playground;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import nnc.runtime.base.Fault;

/** The desks of all open pages, by names that nobody guesses. A page that is gone loses its desk after a while; beyond so many the one that was idle longest goes. */
final class Desks implements AutoCloseable {
  static final int MOST = 8, MOST_TABLES = 10;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

  private final ChosenProgram chosen;
  private final Path tables;
  private final Map<String, Desk> open = new LinkedHashMap<>();
  private final SecureRandom random = new SecureRandom();

  Desks(ChosenProgram chosen, Path tables) {
    this.chosen = chosen;
    this.tables = tables;
  }

  /** A name of 128 random bits. */
  static String name(SecureRandom random) {
    var bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** A desk for another page; gives its name. */
  synchronized String create() {
    clear();
    if (open.size() >= MOST) {
      var idle = open.entrySet().stream().max(java.util.Comparator.comparingLong(desk -> desk.getValue().idle())).orElseThrow();
      idle.getValue().close();
      open.remove(idle.getKey());
    }
    var name = name(random);
    open.put(name, new Desk(chosen, tables.resolve(name)));
    return name;
  }

  /**
   * The desk of that name.
   *
   * @throws Fault if it is gone
   */
  synchronized Desk find(String name) {
    var desk = open.get(name);
    if (desk == null) {
      throw new Fault("this page has been forgotten: load it anew");
    }
    desk.seen();
    return desk;
  }

  /** Closes the desks of pages that were not heard of in a while. */
  synchronized void clear() {
    open.entrySet().removeIf(desk -> {
      boolean gone = desk.getValue().idle() > PATIENCE;
      if (gone) {
        desk.getValue().close();
      }
      return gone;
    });
  }

  @Override
  public synchronized void close() {
    open.values().forEach(Desk::close);
    open.clear();
  }
}
