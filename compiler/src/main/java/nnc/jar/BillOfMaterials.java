package nnc.jar;

import java.nio.charset.StandardCharsets;
import nnc.runtime.base.Json;
import nnc.runtime.spec.ModelSpec;

/**
 * What a network's jar is made of, as CycloneDX 1.6 says it: the program, and the runtime, whose classes it carries or needs. There is nothing else in a jar: the
 * classes of the network are written by the compiler. No time and no serial number stand in it, so that the same program gives the same bytes.
 */
final class BillOfMaterials {
  private BillOfMaterials() {}

  private static final String PROGRAM = "program", LICENCE = "[{\"license\":{\"id\":\"Apache-2.0\"}}]";

  static String file(String network) {
    return "META-INF/sbom/" + network + ".cdx.json";
  }

  static byte[] of(ModelSpec spec, JarWriter.Kind kind) {
    var version = CompilerVersion.text();
    int colon = CompilerVersion.RUNTIME.indexOf(':');
    var group = CompilerVersion.RUNTIME.substring(0, colon);
    var name = CompilerVersion.RUNTIME.substring(colon + 1);
    var place = "pkg:maven/" + group + "/" + name + "@" + version;
    var compiler = new Json().put("type", "application").put("group", group).put("name", "nnc-compiler").put("version", version);
    var program = new Json().put("type", "application").put("bom-ref", PROGRAM).put("name", spec.name())
        .raw("hashes", "[" + new Json().put("alg", "SHA-256").put("content", Sha256.of(spec.source())) + "]");
    var runtime = new Json().put("type", "library").put("bom-ref", place).put("group", group).put("name", name).put("version", version)
        .put("description", switch (kind) {
          case WHOLE, SERVING -> "the classes of it that this network needs, inside this jar; all other classes are made by the compiler of the program";
          case THIN -> "beside this jar or on the class path; the classes in this jar are made by the compiler of the program";
        }).raw("licenses", LICENCE).put("purl", place);
    return (new Json().put("bomFormat", "CycloneDX").put("specVersion", "1.6").put("version", 1L)
        .raw("metadata", new Json().raw("tools", new Json().raw("components", "[" + compiler + "]").toString()).raw("component", program.toString()).toString())
        .raw("components", "[" + runtime + "]")
        .raw("dependencies", "[" + new Json().put("ref", PROGRAM).raw("dependsOn", "[\"" + place + "\"]") + "," + new Json().put("ref", place) + "]")
        .raw("compositions", "[" + new Json().put("aggregate", "complete").raw("dependencies", "[\"" + PROGRAM + "\",\"" + place + "\"]") + "]") + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
