package nnc.testkit;

import java.lang.reflect.AnnotatedElement;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the networks that {@link NetworkFile} names, each compiled once for all tests of a run. */
public final class NetworkExtension implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Network.class && file(parameter, context).isPresent();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    var file = file(parameter, context).orElseThrow();
    return context.getRoot().getStore(ExtensionContext.Namespace.create(NetworkExtension.class)).getOrComputeIfAbsent(file, _ -> network(file));
  }

  private static Network network(NetworkFile file) {
    var network = Network.of(Path.of(file.value())).batch(file.batch());
    for (var define : file.define()) {
      int equals = define.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("@NetworkFile: define is \"name=value\", not \"" + define + "\"");
      }
      network = network.with(define.substring(0, equals), define.substring(equals + 1));
    }
    return network;
  }

  private static Optional<NetworkFile> file(ParameterContext parameter, ExtensionContext context) {
    return Stream.<AnnotatedElement>of(parameter.getParameter(), parameter.getDeclaringExecutable(), context.getRequiredTestClass())
        .map(element -> element.getAnnotation(NetworkFile.class)).filter(java.util.Objects::nonNull).findFirst();
  }
}
