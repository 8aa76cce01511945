package nnc.maven;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.inject.Inject;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.Resource;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.ToolchainManager;

/** What both goals are told, and how they run the compiler. */
abstract class NetworkMojo extends AbstractMojo {
  @Parameter(defaultValue = "${project}", readonly = true, required = true)
  MavenProject project;

  @Parameter(defaultValue = "${session}", readonly = true)
  MavenSession session;

  @Parameter(defaultValue = "${mojoExecution}", readonly = true)
  MojoExecution execution;

  /** The plug-in and all that it depends on: the compiler's class path. */
  @Parameter(defaultValue = "${plugin.artifacts}", readonly = true)
  List<Artifact> artifacts;

  @Inject
  ToolchainManager toolchains;

  /** The folder of programs. What is in a folder of it has a package in the package. */
  @Parameter(property = "nnc.sourceDirectory", defaultValue = "${project.basedir}/src/main/nn")
  File sourceDirectory;

  /** Programs that are meant, as patterns of paths in the folder: <code>iris.nn</code>, <code>vision/*</code>; all if there are none. */
  @Parameter
  List<String> includes = List.of();

  /** Programs that are not meant. */
  @Parameter
  List<String> excludes = List.of();

  /** The package of classes; the project's group id if it is not given, with _ for -. */
  @Parameter(property = "nnc.packageName")
  String packageName;

  /** Constants of the programs, as <code>-D</code> sets them. */
  @Parameter
  Map<String, String> constants = Map.of();

  /** The float type: <code>f32</code> or <code>f64</code>. */
  @Parameter(property = "nnc.precision", defaultValue = "f32")
  String precision = "f32";

  /** The home of a Java that the compiler runs on, where neither Maven's own nor one in the usual places is to. */
  @Parameter(property = "nnc.javaHome")
  File javaHome;

  /** Options for that Java, such as <code>-Xmx8g</code>. */
  @Parameter(property = "nnc.javaOptions")
  List<String> javaOptions = List.of();

  /** Does nothing. */
  @Parameter(property = "nnc.skip", defaultValue = "false")
  boolean skip;

  /** Where resources are written that go with classes. */
  @Parameter(defaultValue = "${project.build.directory}/generated-resources/nnc", readonly = true)
  File resources;

  /** What is known of the last build. */
  @Parameter(defaultValue = "${project.build.directory}/nnc", readonly = true)
  File state;

  @Override
  public final void execute() throws MojoExecutionException, MojoFailureException {
    if (skip || !sourceDirectory.isDirectory()) {
      getLog().info(skip ? "skipped" : "there is no folder " + sourceDirectory);
      return;
    }
    work();
  }

  abstract void work() throws MojoExecutionException, MojoFailureException;

  /** Runs a command of the compiler, unless it would find nothing to do; gives the number of errors. */
  int run(List<String> command, Path stamp, Set<Path> programs, List<String> tuning) throws MojoExecutionException {
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(List.of("--precision", precision, "--stamp", stamp.toString(), "--json"));
    constants.forEach((name, value) -> arguments.addAll(List.of("-D", name + "=" + value)));
    List<File> classPath = artifacts.stream().map(Artifact::getFile).collect(Collectors.toList());
    UpToDate known = new UpToDate(stamp, classPath, arguments);
    if (known.holds(programs)) {
      getLog().info("Nothing has changed in " + programs.size() + (programs.size() == 1 ? " program" : " programs"));
      return 0;
    }
    List<String> options = new ArrayList<>(tuning);
    options.addAll(javaOptions);
    int errors = new CompilerProcess(CompilerJava.find(javaHome, session, toolchains), classPath, getLog()).run(options, arguments);
    if (errors == 0) {
      known.done();
    }
    return errors;
  }

  /** The programs of the folder that are meant. */
  Set<Path> programs() throws MojoExecutionException {
    Path root = sourceDirectory.toPath().toAbsolutePath().normalize();
    try {
      return UpToDate.files(root, ".nn").stream().filter(file -> isMeant(root.relativize(file))).collect(Collectors.toCollection(TreeSet::new));
    } catch (IOException | UncheckedIOException e) {
      throw new MojoExecutionException(root + " cannot be read: " + e.getMessage(), e);
    }
  }

  private boolean isMeant(Path program) {
    return (includes.isEmpty() || matches(includes, program)) && !matches(excludes, program);
  }

  private static boolean matches(List<String> patterns, Path program) {
    return patterns.stream().anyMatch(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern).matches(program));
  }

  String packageName() {
    return packageName != null ? packageName : project.getGroupId().replace('-', '_');
  }

  /** A file of this execution's own. */
  Path stamp(String name) {
    return state.toPath().resolve(name + (execution == null ? "" : "-" + execution.getExecutionId()) + ".stamp");
  }

  void addResources(File folder) {
    if (project.getResources().stream().noneMatch(one -> folder.toString().equals(one.getDirectory()))) {
      Resource resource = new Resource();
      resource.setDirectory(folder.toString());
      project.addResource(resource);
    }
  }

  static String errors(int count) {
    return count == 1 ? "one error, told above" : count + " errors, told above";
  }
}
