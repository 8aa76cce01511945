package nnc.runtime.files;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.zip.ZipFile;
import nnc.runtime.base.Fault;
import nnc.runtime.base.Text;
import nnc.runtime.engine.Kernels;
import nnc.runtime.spec.ModelSpec;
import nnc.runtime.spec.SpecFile;
import nnc.runtime.spec.Vocabulary;

/** The networks of a class path or module path: those that a loader of classes sees. */
public final class ClassPathNetworks {
  /** Where the specification lies, by the place's address without the path in it. */
  private record Found(String name, URL spec, String place, String path) {}

  private final ClassLoader loader;

  private ClassPathNetworks(ClassLoader loader) {
    this.loader = loader;
  }

  /**
   * The only network there is.
   *
   * @throws Fault if there is none, or there are several
   */
  public static NetworkJar.Content only() {
    List<ClassLoader> loaders = loaders();
    for (int i = 0; i < loaders.size(); i++) {
      var networks = new ClassPathNetworks(loaders.get(i));
      List<Found> found = networks.all();
      if (found.size() == 1) {
        return networks.content(found.get(0));
      } else if (found.size() > 1) {
        String first = found.get(0).name;
        throw new Fault("the class path has several networks: " + names(found), "say which: Model.load(\"" + first + "\")");
      }
    }
    throw new Fault("no compiled network on the class path", "put a jar that nnc compile has written there");
  }

  /**
   * The network of a name.
   *
   * @throws Fault if there is none, or there are several of that name
   */
  public static NetworkJar.Content named(String name) {
    List<ClassLoader> loaders = loaders();
    int last = loaders.size() - 1;
    for (int i = 0; i < last; i++) {
      var networks = new ClassPathNetworks(loaders.get(i));
      if (!networks.of(name).isEmpty()) {
        return networks.one(name);
      }
    }
    return new ClassPathNetworks(loaders.get(last)).one(name);
  }

  /** The network of a name that a loader of classes sees. */
  public static NetworkJar.Content named(String name, ClassLoader loader) {
    return new ClassPathNetworks(loader).one(name);
  }

  /** The runtime's own, and that of the running thread where the runtime is shared by programs. */
  private static List<ClassLoader> loaders() {
    List<ClassLoader> loaders = new ArrayList<>();
    loaders.add(ClassPathNetworks.class.getClassLoader());
    ClassLoader running = Thread.currentThread().getContextClassLoader();
    if (running != null && running != loaders.get(0)) {
      loaders.add(running);
    }
    return loaders;
  }

  private NetworkJar.Content one(String name) {
    List<Found> found = of(name);
    if (found.size() == 1) {
      return content(found.get(0));
    } else if (found.isEmpty()) {
      throw missing(name);
    }
    StringBuilder places = new StringBuilder();
    for (Found one : found) {
      places.append(places.length() == 0 ? "" : ", ").append(one.place);
    }
    throw new Fault("the class path has several networks that are called " + name + ": " + places,
        "a network is called as its program's file: rename one and compile it again, or load it by its path");
  }

  private Fault missing(String name) {
    List<Found> others = all();
    String there = others.isEmpty() ? "" : "; there is " + names(others);
    if (name.endsWith(".jar")) {
      return new Fault("no network on the class path is called " + name + there, "a jar is loaded by its path: Model.load(Path.of(\"" + name + "\"))");
    }
    List<String> names = new ArrayList<>();
    for (Found one : others) {
      names.add(one.name);
    }
    String nearest = Text.nearest(name, names);
    return new Fault("no network on the class path is called " + name + there, !nearest.isEmpty() ? "did you mean " + nearest + "?"
        : "a network is called as its program's file: put the jar that nnc compile has made of " + name + ".nn on the class path");
  }

  private static String names(List<Found> found) {
    var names = new TreeSet<String>();
    for (Found one : found) {
      names.add(one.name);
    }
    return String.join(", ", names);
  }

  // ---- finding them

  private List<Found> all() {
    try {
      var names = new TreeSet<String>();
      for (URL folder : resources(NetworkPaths.ROOT)) {
        names.addAll(in(folder));
      }
      names.remove(NetworkPaths.UNNAMED);
      List<Found> found = unnamed();
      for (String name : names) {
        found.addAll(at(name));
      }
      return found;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private List<Found> of(String name) {
    try {
      List<Found> found = name.isEmpty() ? new ArrayList<>() : at(name);
      for (Found one : unnamed()) {
        if (one.name.equals(name)) {
          found.add(one);
        }
      }
      return found;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private List<Found> at(String name) throws IOException {
    List<Found> found = new ArrayList<>();
    for (URL spec : resources(NetworkPaths.spec(name))) {
      found.add(new Found(name, spec, place(spec, NetworkPaths.spec(name)), name));
    }
    return found;
  }

  private List<Found> unnamed() throws IOException {
    List<Found> found = new ArrayList<>();
    String path = NetworkPaths.spec(NetworkPaths.UNNAMED);
    for (URL spec : resources(path)) {
      found.add(new Found(spec(spec).name(), spec, place(spec, path), NetworkPaths.UNNAMED));
    }
    return found;
  }

  /** The names in a folder of networks: of a jar, which may be in a jar, or of the file system. Elsewhere there is no list, and they are found by name. */
  private static List<String> in(URL folder) throws IOException {
    URLConnection connection = folder.openConnection();
    connection.setUseCaches(false);
    if (connection instanceof JarURLConnection jar) {
      try (ZipFile zip = jar.getJarFile()) {
        return NetworkPaths.in(zip, jar.getEntryName());
      }
    }
    List<String> names = new ArrayList<>();
    File[] files = folder.getProtocol().equals("file") ? file(folder).listFiles() : null;
    if (files != null) {
      for (File file : files) {
        if (file.isDirectory() && new File(file, NetworkPaths.SPEC).isFile()) {
          names.add(file.getName());
        }
      }
    }
    return names;
  }

  private static File file(URL folder) throws IOException {
    try {
      return new File(folder.toURI());
    } catch (URISyntaxException e) {
      throw new IOException(folder + ": " + e.getMessage(), e);
    }
  }

  /** Those of a path, each once: a loader may see what the loader above it sees too. */
  private List<URL> resources(String path) throws IOException {
    Map<String, URL> found = new LinkedHashMap<>();
    for (URL one : Collections.list(loader.getResources(path))) {
      found.putIfAbsent(one.toString(), one);
    }
    return new ArrayList<>(found.values());
  }

  /** Letters of a name may be written otherwise in an address: only the number of folders counts. */
  private static String place(URL file, String path) {
    String place = file.toString();
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '/') {
        place = place.substring(0, place.lastIndexOf('/'));
      }
    }
    return place.substring(0, place.lastIndexOf('/') + 1);
  }

  /** What lies at the same place; null if there is no such file. */
  private URL beside(Found network, String path) throws IOException {
    for (URL one : resources(path)) {
      if (place(one, path).equals(network.place)) {
        return one;
      }
    }
    return null;
  }

  private static Fault unreadable(IOException e) {
    return new Fault("the networks of the class path cannot be read: " + e.getMessage(), "", e);
  }

  // ---- reading one

  private static InputStream open(URL file) throws IOException {
    URLConnection connection = file.openConnection();
    connection.setUseCaches(false);
    return connection.getInputStream();
  }

  private static ModelSpec spec(URL file) throws IOException {
    try (InputStream in = open(file)) {
      return SpecFile.read(in, file.toString());
    }
  }

  private NetworkJar.Content content(Found network) {
    try {
      ModelSpec spec = spec(network.spec);
      var vocabulary = new Vocabulary();
      URL weights = beside(network, NetworkPaths.weights(network.path));
      return new NetworkJar.Content(spec, new Classes(network), weights == null ? null : weights(spec, weights, vocabulary), vocabulary);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static Object weights(ModelSpec spec, URL file, Vocabulary vocabulary) throws IOException {
    URLConnection connection = file.openConnection();
    connection.setUseCaches(false);
    if (connection instanceof JarURLConnection jar) {
      try (ZipFile zip = jar.getJarFile()) {
        return NetworkJar.weights(zip, jar.getJarEntry(), spec, vocabulary, file.toString());
      }
    }
    try (InputStream in = connection.getInputStream()) {
      return WeightFile.load(spec, in, file.toString(), vocabulary);
    }
  }

  /**
   * A network's classes: as the class path has them, or where a module hides them from the runtime, or the runtime from them, and where others are called
   * alike, from their files.
   */
  private final class Classes extends ClassLoader implements Function<String, Kernels> {
    private final Found network;
    private boolean fromFiles;

    Classes(Found network) {
      super(Kernels.class.getClassLoader());
      this.network = network;
      fromFiles = network.path.equals(NetworkPaths.UNNAMED);
    }

    @Override
    public synchronized Kernels apply(String name) {
      if (!fromFiles) {
        try {
          return NetworkJar.instance(Class.forName(Kernels.PACKAGE + name, true, loader));
        } catch (ClassNotFoundException e) {
          return null;
        } catch (IllegalAccessError e) {
          fromFiles = true;
        }
      }
      try {
        return fromFile(name);
      } catch (IOException e) {
        throw unreadable(e);
      }
    }

    private Kernels fromFile(String name) throws IOException {
      Class<?> loaded = findLoadedClass(Kernels.PACKAGE + name);
      if (loaded == null) {
        URL file = beside(network, Kernels.file(name));
        if (file == null) {
          return null;
        }
        try (InputStream in = open(file)) {
          byte[] code = in.readAllBytes();
          Kernels.showTo(this);
          loaded = defineClass(Kernels.PACKAGE + name, code, 0, code.length);
        }
      }
      return NetworkJar.instance(loaded);
    }
  }
}
