package nnc.elaborate;

import static nnc.elaborate.Topic.SOURCES;

import java.util.List;

/** Of what {@link SourceCalls} takes. */
final class SourceDocs {
  private SourceDocs() {}

  private static BuiltinDoc of(String name, String text) {
    return BuiltinDoc.of(name, SOURCES, text);
  }

  private static final String POINTS = """
      - count: points
      - noise: how much they stray, 0 without it
      - seed: of the draws; the same numbers for ever
      """;

  private static String points(String what, String name) {
    return what + "\n" + POINTS + """
        Shapes: columns point[count, 2] and label[count].
        Source: TensorFlow Playground.
        Example:
          input  point: float[N, 2]
          target label: float[N]
          p = point |> dense(8, tanh) |> dense(1) |> squeeze(1)
          loss binary_cross_entropy(p, label)
          data { train = %s(200, seed = 1) }
          train { optimizer = adam(0.01) }
        """.formatted(name);
  }

  static final List<BuiltinDoc> ALL = List.of(
      of("csv", """
          A line of names, then a row a line (RFC 4180), gzipped or not.
          - file: its name; relative to the program, or to --data
          - separator: between fields; without it the most frequent of comma, semicolon, tab and bar in the first line
          - decimal: before decimals; "." without it
          - encoding: "utf-8", "utf-16", "latin-1" or "windows-1252"; UTF-8 without it, or UTF-16 by its mark
          - header: false where there are no names; columns are then chosen by numbers from 1 on
          - comment: lines that begin with it are passed over
          - missing: a list of further texts that stand for a missing number
          - stream: rows stay on the disk
          Checks: each line has as many fields as the first; a field that is no number is told with its line and column.
          Example:
            input  age: float?[N, 1]
            input  sex: category("female", "male")[N]
            target survived: category("0", "1")[N]
            scores = dense(2)(concat([age |> fill("median"), one_hot(sex)]))
            loss cross_entropy(scores, survived)
            data { train = csv("titanic.csv", age = "Age", sex = "Sex", survived = "Survived") }
            train { optimizer = adam() }
          """),
      of("jsonl", """
          A JSON object a line, gzipped or not. A column is a path: names of objects, places in lists from 0 on, with points between.
          - file: its name
          - stream: rows stay on the disk
          Example:
            input  age: float[N]
            target passed: category("no", "yes")[N]
            scores = dense(2)(expand(age, 1))
            loss cross_entropy(scores, passed)
            data { train = jsonl("pupils.jsonl", age = "pupil.age", passed = "passed") }
            train { optimizer = adam() }
          """),
      of("npz", """
          Arrays of a NumPy archive, whose check sums are compared.
          - file: its name
          Example:
            input  x: float[N, 4]
            target y: float[N]
            loss mse(dense(1)(x)[:, 0], y)
            data { train = npz("set.npz", x = "x_train", y = "y_train") }
            train { optimizer = adam() }
          """),
      of("npy", """
          A file with one NumPy array for each column.
          - stream: rows stay on the disk
          Example:
            input  x: float[N, 4]
            target y: float[N]
            loss mse(dense(1)(x)[:, 0], y)
            data { train = npy(x = "x.npy", y = "y.npy") }
            train { optimizer = adam() }
          """),
      of("idx", """
          A file in the format of MNIST for each column, gzipped or not.
          Example:
            input  image: float[N, 28, 28]
            target label: int[N]
            loss cross_entropy(image / 255 |> flatten |> dense(10), label)
            data { train = idx(image = "images.gz", label = "labels.gz") }
            train { optimizer = adam() }
          """),
      of("images", """
          A folder of PNG and JPEG files for each class. Numbers are those of the files, 0 to 255.
          - folder: its name
          - resize: [height, width] that all are brought to
          - channels: 1 or 3 that all are brought to
          - stream: pictures are decoded when they are fed
          Shapes: columns image[channels, height, width] and label.
          Example:
            input  image: float[N, 3, 32, 32]
            target label: category(2)[N]
            loss cross_entropy(image / 255 |> global_avg_pool |> dense(class_count(label)), label)
            data { train = images("photos", resize = [32, 32], channels = 3) }
            train { optimizer = adam() }
          """),
      of("wav", """
          A folder of WAV files for each class. Numbers are from -1 to 1.
          - folder: its name
          - rate: samples a second that all are brought to
          - length: samples; longer ones are cut, shorter ones filled up with zeros
          - channels: 1 for their mean
          Shapes: columns sound[channels, samples] and label.
          Example:
            input  sound: float[N, 1, 8000]
            target label: category(2)[N]
            loss cross_entropy(sound |> conv1d(8, 64, stride = 32, activation = relu) |> global_avg_pool |> dense(class_count(label)), label)
            data { train = wav("calls", rate = 8000, length = 8000, channels = 1) }
            train { optimizer = adam() }
          """),
      of("texts", """
          A folder of text files for each class, as tokens.
          - folder: its name
          - length: tokens of a text; cut there, or filled up; without it each text has its own length
          - by: "words" without it, or "letters"
          - lower: false keeps capitals
          - ngrams: 2 puts behind each token the pair that it ends
          - encoding: as of csv
          Shapes: columns tokens[length], count and label.
          Example:
            input  tokens: category(4000)[N, 300]
            target label:  category(20)[N]
            scores = tokens |> tf_idf() |> dense(class_count(label))
            loss cross_entropy(scores, label)
            data { train = texts("news", length = 300) }
            train { optimizer = adam(0.01) }
          """),
      of("textfile", """
          A file of text as tokens: a line a row, each of its own length, or all of the file in windows.
          - file: its name
          - length: tokens of a window
          - step: tokens from where a window begins to where the next one does; as many as the window has without it
          - by: "words" without it, or "letters"
          - lower: false keeps capitals
          - ngrams: 2 puts behind each token the pair that it ends
          - encoding: as of csv
          Shapes: columns tokens[length] and count.
          Example:
            input tokens: category(60)[N, 33]
            states = embedding(16)(tokens[:, :32]) |> gru(32)
            loss cross_entropy(states |> dense(class_count(tokens)), tokens[:, 1:])
            data { train = textfile("poem.txt", length = 33, step = 32, by = "letters") }
            train { optimizer = adam(0.01) }
          """),
      of("sequences", """
          Rows of another source put together to sequences, in their order. Inputs that have an axis more than a row are sequences; of others all rows of a sequence
          have the same value, or of windows the last row's counts.
          - source: a source
          - key: the column whose value the rows of a sequence share
          - window: rows of a sequence, where there is no key
          - step: rows from where a window begins to where the next one does; as many as the window has without it
          - most: places of a sequence, the last ones; all without it
          Example:
            input  measured: float[N, T, 2]
            input  visits "measured.lengths": int[N]
            target ill: int[N]
            seen = gru(8, sequences = false)(measured, sequence_mask(visits, shape(measured)[1]))
            loss cross_entropy(seen |> dense(2), ill)
            data { train = sequences(csv("visits.csv", measured = ["pulse", "pressure"]), key = "patient") }
            train { optimizer = adam(0.01) }
          """),
      of("tokens", """
          The texts in a column of another source, as tokens.
          - source: a source
          - column: its column of texts
          - length: tokens of a text; cut there, or filled up; without it each text has its own length
          - by: "words" without it, or "letters"
          - lower: false keeps capitals
          - ngrams: 2 puts behind each token the pair that it ends
          Shapes: columns of the column's name [length] and count.
          Example:
            input  review: category(5000)[N, 40]
            target liked:  category("no", "yes")[N]
            scores = sum(embedding(16)(review), axis = 1) |> dense(class_count(liked))
            loss cross_entropy(scores, liked)
            data { train = tokens(csv("reviews.csv"), "review", length = 40) }
            train { optimizer = adam(0.01) }
          """),
      of("mnist", """
          Handwritten digits. The files are looked for in --data, in NNC_DATA and in the user's cache, into which they are otherwise fetched once, by their SHA-256.
          - part: "train", 60,000, or "test", 10,000
          Shapes: columns image[28, 28], 0 to 255, and digit.
          Source: LeCun et al. 1998.
          Example:
            input  image: float[N, 28, 28]
            target digit: int[N]
            loss cross_entropy(image / 255 |> flatten |> dense(10), digit)
            data { train = mnist("train")  test = mnist("test") }
            train { optimizer = adam() }
          """),
      of("cifar10", """
          Small photographs of ten kinds, from the set's binary form, unpacked in --data, NNC_DATA or the cache.
          - part: "train", 50,000, or "test", 10,000
          Shapes: columns image[3, 32, 32], 0 to 255, and label.
          Source: Krizhevsky 2009.
          Example:
            input  image: float[N, 3, 32, 32]
            target label: int[N]
            loss cross_entropy(image / 255 |> conv2d(8, 3, activation = relu) |> global_avg_pool |> dense(10), label)
            data { train = cifar10("train")  test = cifar10("test") }
            train { optimizer = adam() }
          """),
      of("cifar100", """
          Small photographs of a hundred kinds, as `cifar10`; the column coarse has the twenty groups of kinds.
          - part: "train", 50,000, or "test", 10,000
          Shapes: columns image[3, 32, 32], 0 to 255, label and coarse.
          Source: Krizhevsky 2009.
          Example:
            input  image: float[N, 3, 32, 32]
            target coarse: int[N]
            loss cross_entropy(image / 255 |> conv2d(8, 3, activation = relu) |> global_avg_pool |> dense(20), coarse)
            data { train = cifar100("train")  test = cifar100("test") }
            train { optimizer = adam() }
          """),
      of("circle", points("Points within a circle and around it.", "circle")),
      of("xor", points("Points of four quadrants, of two kinds across.", "xor")),
      of("gauss", points("Clouds of points, two or as many as classes.\n- classes: clouds, 2 without it", "gauss")),
      of("spiral", points("Arms of a spiral, two or as many as classes.\n- classes: arms, 2 without it", "spiral")),
      of("plane", points("Points with a number from -1 to 1 that grows along a direction.", "plane").replace("binary_cross_entropy", "mse")),
      of("bumps", points("Points with a number from -1 to 1, of bumps and dents.", "bumps").replace("binary_cross_entropy", "mse")),
      of("addition", """
          Sums of two numbers, written digit by digit, for networks that read and write sequences.
          - digits: of each number
          - count: examples
          - seed: of the draws
          - padded: false leaves each text its own length, without spaces behind it
          Shapes: columns question[2 digits + 1] and answer[digits + 1], of 0 to 9, 10 for + and 11 for a space.
          Source: Keras' addition_rnn.
          Example:
            input  question: int[N, 5]
            target answer: int[N, 3]
            logits = one_hot(question, 12) |> flatten |> dense(36) |> reshape([N, 3, 12])
            loss cross_entropy(logits, answer)
            data { train = addition(2, 100, seed = 1) }
            train { optimizer = adam() }
          """),
      of("sorting", """
          Sequences of whole numbers, and the same in order.
          - length: of a sequence
          - tokens: how many different ones
          - count: examples
          - seed: of the draws
          Shapes: columns sequence[length] and ranked[length].
          Example:
            input  sequence: int[N, 5]
            target ranked: int[N, 5]
            logits = embedding(10, 16)(sequence) |> self_attention(2) |> dense(10)
            loss cross_entropy(logits, ranked)
            data { train = sorting(5, 10, 100, seed = 1) }
            train { optimizer = adam() }
          """),
      of("rows", """
          Nothing but the examples' numbers, a column row from 0 on, for programs that make up their data by draws.
          - count: examples
          Example:
            input row: int[N]
            x = uniform(-3, 3, [N, 1])
            fit = x |> dense(32, tanh) |> dense(1)
            loss mse(fit, sin(x))
            data { train = rows(4096) }
            train { optimizer = adam(0.01) }
          """),
      of("split", """
          A part of another source, at random or its end; that source keeps the rest.
          - source: a source, or a part's name
          - share: from 0 to 1
          - seed: of the draws; 0 without it
          - stratify: a column; the part has as much of each of its values as all have
          - group: a column; of each of its values all rows are in the part, or none
          - shuffle: false for the last rows in their order, as of a text or of what is measured day by day
          Example:
            input  point: float[N, 2]
            target label: int[N]
            loss cross_entropy(dense(2)(point), label)
            data { train = spiral(200, seed = 1)  validate = split(train, 0.2) }
            train { optimizer = adam() }
          """),
      of("fold", """
          One of several folds of another source; that source keeps the others. They are the folds of `nnc crossvalidate`.
          - source: a source, or a part's name
          - fold: its number, from 1 on
          - of: how many there are
          - seed: of the draws; 0 without it
          - stratify: a column; each fold has as much of each of its values as all have
          - group: a column; rows of one value are in one fold
          Example:
            input  point: float[N, 2]
            target label: int[N]
            loss cross_entropy(dense(2)(point), label)
            data { train = spiral(200, seed = 1)  validate = fold(train, 2, of = 5) }
            train { optimizer = adam() }
          """),
      of("bootstrap", """
          As many rows as another source has, each drawn from all of them.
          - source: a source
          - seed: of the draws; 0 without it
          Source: Efron 1979.
          Example:
            input  point: float[N, 2]
            target label: int[N]
            loss cross_entropy(dense(2)(point), label)
            data { train = bootstrap(spiral(200, seed = 1), seed = 3)  validate = out_of_bag(spiral(200, seed = 1), seed = 3) }
            train { optimizer = adam() }
          """),
      of("out_of_bag", """
          The rows that `bootstrap` of the same source and seed never draws.
          - source: a source
          - seed: of the draws; 0 without it
          Example:
            input  point: float[N, 2]
            target label: int[N]
            loss cross_entropy(dense(2)(point), label)
            data { train = bootstrap(spiral(200, seed = 1), seed = 3)  validate = out_of_bag(spiral(200, seed = 1), seed = 3) }
            train { optimizer = adam() }
          """),
      of("zip", """
          The columns of two sources of equal length side by side.
          - first: a source
          - second: another; of a column that both have, NAME = "first" or "second" says whose is meant
          Example:
            input  x: float[N, 2]
            target y: float[N, 3]
            loss mse(dense(3)(x), y)
            data { train = zip(npz("inputs.npz", x = "x"), npz("labels.npz", y = "y")) }
            train { optimizer = adam() }
          """));
}
