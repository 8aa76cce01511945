package nnc.runtime.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Integers;
import nnc.runtime.files.AtomicFile;

/** The files of public data sets: looked for where {@code --data}, or else NNC_DATA, says, then in the user's cache, into which they can be fetched. */
final class PublicFiles {
  private PublicFiles() {}

  private static final int TIMEOUT_MS = 20_000;

  /**
   * A file to be fetched.
   *
   * @param set     the data set that it belongs to, for messages
   * @param name    of the file, which is gzipped
   * @param mirrors addresses of folders that may have it, asked in turn
   * @param sha256  of what is in it
   */
  record Remote(String set, String name, List<String> mirrors, String sha256) {}

  /**
   * The first file that there is.
   *
   * @param folders where a file may be in the places that are looked at; an empty text for these themselves
   * @param names   what it may be called
   * @return null if there is none
   */
  static Path find(Folder folder, List<String> folders, List<String> names) {
    for (Path place : places(folder)) {
      for (String inside : folders) {
        for (String name : names) {
          Path file = place.resolve(inside).resolve(name);
          if (Files.isRegularFile(file)) {
            return file;
          }
        }
      }
    }
    return null;
  }

  private static List<Path> places(Folder folder) {
    List<Path> places = new ArrayList<>();
    if (folder.data() != null) {
      places.add(folder.data());
      return places;
    }
    String shared = System.getenv("NNC_DATA");
    if (shared != null && !shared.isEmpty()) {
      places.add(Path.of(shared));
    }
    places.add(cache());
    return places;
  }

  /** The user's cache of nnc. */
  static Path cache() {
    String wanted = System.getenv("XDG_CACHE_HOME");
    Path root = wanted == null || wanted.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(wanted);
    return root.resolve("nnc");
  }

  /**
   * Fetches a file from the first mirror that has it as it should be.
   *
   * @param log is told what is fetched
   * @throws Fault if none does, saying what the matter was with each
   */
  static void fetch(Remote remote, Path to, PrintStream log) {
    var matters = new StringBuilder();
    Exception last = null;
    for (String mirror : remote.mirrors()) {
      String matter;
      try {
        byte[] content = download(remote, mirror, log);
        if (sha256(unzipped(content)).equals(remote.sha256())) {
          AtomicFile.write(to, out -> out.write(content));
          return;
        }
        matter = "not the file wanted (wrong check sum)";
      } catch (IOException e) {
        last = e;
        matter = e instanceof UnknownHostException ? "no way to " + e.getMessage() : e.getMessage();
      }
      matters.append(matters.isEmpty() ? "" : "; ").append(mirror).append(": ").append(matter);
    }
    throw new Fault(remote.set() + ": " + remote.name() + " is not here and cannot be downloaded: " + matters,
        "fetch it by hand and put it into " + to.getParent() + ", or name its folder by --data", last);
  }

  private static byte[] download(Remote remote, String mirror, PrintStream log) throws IOException {
    var connection = URI.create(mirror + remote.name()).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MS);
    connection.setReadTimeout(TIMEOUT_MS);
    try (InputStream in = connection.getInputStream()) {
      int length = connection.getContentLength();
      log.println(remote.set() + ": downloading " + remote.name() + (length > 0 ? " (" + Integers.ceilDiv(length, 1024) + " kB)" : ""));
      byte[] content = in.readNBytes(length > 0 ? length : Integer.MAX_VALUE - 8);
      if (content.length < length) {
        throw new IOException("the connection ended after " + content.length + " of " + length + " bytes");
      }
      return content;
    }
  }

  /** What was compressed; nothing if it is damaged. */
  private static byte[] unzipped(byte[] content) {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(content))) {
      return in.readAllBytes();
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
