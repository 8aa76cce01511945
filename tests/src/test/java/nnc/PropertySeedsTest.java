package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.Annotation;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import net.jqwik.api.Example;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a build says, it says twice: its properties draw from seeds of their own. And it runs what it is meant to: tags are read by the engine of their test alone. */
class PropertySeedsTest {
  private static boolean has(MethodModel method, Class<?>... kinds) {
    var named = method.findAttribute(Attributes.runtimeVisibleAnnotations()).stream().flatMap(all -> all.annotations().stream()).map(Annotation::classSymbol).toList();
    return Arrays.stream(kinds).anyMatch(kind -> named.contains(kind.describeConstable().orElseThrow()));
  }

  private static boolean drawsAnew(MethodModel method) {
    return method.findAttribute(Attributes.runtimeVisibleAnnotations()).stream().flatMap(all -> all.annotations().stream())
        .filter(annotation -> annotation.classSymbol().equals(Property.class.describeConstable().orElseThrow()))
        .anyMatch(annotation -> annotation.elements().stream().noneMatch(element -> element.name().equalsString("seed")));
  }

  /** Whether a tag is of the other engine, which leaves nothing out by it. */
  private static boolean isTaggedInVain(MethodModel method) {
    return has(method, Property.class, Example.class) ? has(method, org.junit.jupiter.api.Tag.class) : has(method, net.jqwik.api.Tag.class);
  }

  private static List<String> methods(Predicate<MethodModel> which) throws IOException, URISyntaxException {
    var root = Path.of(PropertySeedsTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var found = new ArrayList<String>();
    try (var files = Files.walk(root)) {
      for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        var parsed = ClassFile.of().parse(file);
        parsed.methods().stream().filter(which).forEach(method -> found.add(parsed.thisClass().asInternalName() + "." + method.methodName()));
      }
    }
    return found;
  }

  @Test
  void eachPropertyHasASeed() throws IOException, URISyntaxException {
    assertThat(methods(PropertySeedsTest::drawsAnew)).as("properties that draw anew in each build").isEmpty();
  }

  @Test
  void tagsAreOfTheEngineThatReadsThem() throws IOException, URISyntaxException {
    assertThat(methods(method -> has(method, org.junit.jupiter.api.Tag.class, net.jqwik.api.Tag.class))).hasSizeGreaterThan(50);
    assertThat(methods(PropertySeedsTest::isTaggedInVain)).as("tests that are run though they are tagged as slow").isEmpty();
  }
}
