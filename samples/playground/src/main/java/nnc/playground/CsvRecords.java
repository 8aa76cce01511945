package nnc.playground;

import java.util.ArrayList;
import java.util.List;
import nnc.runtime.base.Fault;

/** The records of a CSV text (RFC 4180): fields may stand in quotes, a quote in them is doubled, and lines without any field are passed over. */
final class CsvRecords {
  private final String text;
  private final char separator;
  private int at;

  private CsvRecords(String text, char separator) {
    this.text = text;
    this.separator = separator;
  }

  static List<List<String>> of(String text, char separator) {
    var reader = new CsvRecords(text.startsWith("\uFEFF") ? text.substring(1) : text, separator);
    var records = new ArrayList<List<String>>();
    while (reader.at < reader.text.length()) {
      var record = reader.record();
      if (record.size() > 1 || !record.getFirst().isEmpty()) {
        records.add(record);
      }
    }
    return records;
  }

  private List<String> record() {
    var fields = new ArrayList<String>();
    fields.add(field());
    while (at < text.length() && text.charAt(at) == separator) {
      at++;
      fields.add(field());
    }
    if (at < text.length() && text.charAt(at) == '\r') {
      at++;
    }
    if (at < text.length() && text.charAt(at) == '\n') {
      at++;
    }
    return fields;
  }

  private String field() {
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int from = at;
    while (at < text.length() && text.charAt(at) != separator && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
    return text.substring(from, at).strip();
  }

  private String quoted() {
    var out = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"' && at + 1 < text.length() && text.charAt(at + 1) == '"') {
        at++;
      } else if (c == '"') {
        at++;
        return out.toString();
      }
      out.append(c);
    }
    throw new Fault("a quote in the table is not closed");
  }
}
