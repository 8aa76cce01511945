package nnc.report;

import java.util.List;
import java.util.Map;

/**
 * An output beside what it should be.
 *
 * @param facts    what both were taken for, and why, as sentences
 * @param measures numbers about the whole, by name
 */
record ReportSection(String output, String target, List<String> facts, Map<String, Double> measures, List<ReportTable> tables, List<ReportChart> charts) {
  String title() {
    return output + " against " + target;
  }
}
