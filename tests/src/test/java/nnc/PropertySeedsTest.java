package nnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What a build says, it says twice: its properties draw from seeds of their own. */
class PropertySeedsTest {
  private static boolean drawsAnew(MethodModel method) {
    return method.findAttribute(Attributes.runtimeVisibleAnnotations()).stream().flatMap(all -> all.annotations().stream())
        .filter(annotation -> annotation.classSymbol().equals(Property.class.describeConstable().orElseThrow()))
        .anyMatch(annotation -> annotation.elements().stream().noneMatch(element -> element.name().equalsString("seed")));
  }

  @Test
  void eachPropertyHasASeed() throws IOException, URISyntaxException {
    var root = Path.of(PropertySeedsTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var anew = new ArrayList<String>();
    try (var files = Files.walk(root)) {
      for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        var parsed = ClassFile.of().parse(file);
        parsed.methods().stream().filter(PropertySeedsTest::drawsAnew).forEach(method -> anew.add(parsed.thisClass().asInternalName() + "." + method.methodName()));
      }
    }
    assertThat(anew).as("properties that draw anew in each build").isEmpty();
  }
}
