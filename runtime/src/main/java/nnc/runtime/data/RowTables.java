package nnc.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import nnc.runtime.spec.ModelSpec.Feed;

/** The rows of a file, some at a time. */
interface RowTables {
  /** Opens files of a kind. */
  interface Opener {
    /** @param origin names the file in messages */
    RowTables open(InputStream in, List<Csv.Choice> choices, Map<String, Feed> feeds, String origin) throws IOException;
  }

  /** At most so many of the rows that follow; null if there are none. */
  Table next(int most) throws IOException;
}
