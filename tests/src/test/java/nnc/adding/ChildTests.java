package nnc.adding;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.stream.Stream;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs tests in a process of their own and prints what failed; exit code 1 if something did, 2 if there was nothing to run. */
final class ChildTests {
  private ChildTests() {}

  /** @param args classes, or classes with {@code #} and a method */
  public static void main(String[] args) {
    var selectors = Stream.of(args).map(name -> name.contains("#") ? selectMethod(name) : selectClass(name)).toList();
    var listener = new SummaryGeneratingListener();
    var request = LauncherDiscoveryRequestBuilder.request().selectors(selectors).filters(TagFilter.excludeTags("slow")).build();
    LauncherFactory.create().execute(request, listener);
    var summary = listener.getSummary();
    summary.getFailures().forEach(failure -> System.out.println("FAILED " + failure.getTestIdentifier().getDisplayName() + ": " + failure.getException()));
    System.exit(summary.getTestsFoundCount() == 0 ? 2 : summary.getTotalFailureCount() > 0 ? 1 : 0);
  }
}
