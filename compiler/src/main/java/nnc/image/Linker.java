package nnc.image;

import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleResolutionAttribute;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.spi.ToolProvider;

/**
 * Runs {@code jlink}, in a process of its own, so that the Vector API is in the linked Java as any other module: there without being asked for,
 * and without the remark that it may change, which is the linker's concern and not that of somebody who runs a network. It is more than
 * cosmetics, as Java keeps no start of its module system in a cache where a module is marked as incubating.
 *
 * <p>It does so by a plug-in of jlink's, whose types only this process is let see; hence the reflection.
 */
final class Linker {
  /** Exit code: this Java has neither {@code jmods} nor can it be linked from itself. */
  static final int NOT_LINKABLE = 3;

  /** What must be visible. */
  static final List<String> JAVA_OPTIONS = List.of("--add-modules", "jdk.jlink", "--add-exports", "jdk.jlink/jdk.tools.jlink.plugin=ALL-UNNAMED",
      "--add-exports", "jdk.jlink/jdk.tools.jlink.internal=ALL-UNNAMED");

  private static final String PLUGIN = "nnc-settle";
  private static final String DESCRIPTOR = "/jdk.incubator.vector/module-info.class";

  private Linker() {}

  /** @param arguments for jlink */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    if (!Files.isDirectory(Path.of(System.getProperty("java.home"), "jmods"))
        && !(boolean) Class.forName("jdk.tools.jlink.internal.LinkableRuntimeImage").getMethod("isLinkableRuntime").invoke(null)) {
      System.exit(NOT_LINKABLE);
    }
    var plugin = Class.forName("jdk.tools.jlink.plugin.Plugin");
    Class.forName("jdk.tools.jlink.internal.PluginRepository").getMethod("registerPlugin", plugin)
        .invoke(null, Proxy.newProxyInstance(Linker.class.getClassLoader(), new Class<?>[] {plugin}, new Settle()));
    var all = new ArrayList<>(List.of(arguments));
    all.addFirst("--" + PLUGIN);
    System.exit(ToolProvider.findFirst("jlink").orElseThrow().run(System.out, System.err, all.toArray(String[]::new)));
  }

  /** The module's descriptor without what says how it is to be resolved. */
  static byte[] settled(byte[] descriptor) {
    var file = ClassFile.of();
    return file.transformClass(file.parse(descriptor), (builder, element) -> {
      if (!(element instanceof ModuleResolutionAttribute)) {
        builder.with(element);
      }
    });
  }

  /** The plug-in: a resource pool goes in, the same but for one descriptor comes out. */
  private static final class Settle implements InvocationHandler {
    private final Object first;
    private final Method path;
    private final Method content;
    private final Method withContent;
    private final Method transform;
    private final Method build;

    Settle() throws ReflectiveOperationException {
      var entry = Class.forName("jdk.tools.jlink.plugin.ResourcePoolEntry");
      var builder = Class.forName("jdk.tools.jlink.plugin.ResourcePoolBuilder");
      first = Class.forName("jdk.tools.jlink.plugin.Plugin$Category").getField("FILTER").get(null);
      path = entry.getMethod("path");
      content = entry.getMethod("contentBytes");
      withContent = entry.getMethod("copyWithContent", byte[].class);
      transform = Class.forName("jdk.tools.jlink.plugin.ResourcePool").getMethod("transformAndCopy", Function.class, builder);
      build = builder.getMethod("build");
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      return switch (method.getName()) {
        case "getName", "toString" -> PLUGIN;
        // what jlink notes of the modules it reads from their descriptors in the next category
        case "getType" -> first;
        case "hashCode" -> System.identityHashCode(proxy);
        case "equals" -> proxy == arguments[0];
        case "transform" -> {
          transform.invoke(arguments[0], (Function<Object, Object>) this::settled, arguments[1]);
          yield build.invoke(arguments[1]);
        }
        default -> InvocationHandler.invokeDefault(proxy, method, arguments);
      };
    }

    private Object settled(Object entry) {
      try {
        return path.invoke(entry).equals(DESCRIPTOR) ? withContent.invoke(entry, Linker.settled((byte[]) content.invoke(entry))) : entry;
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
