package nnc.elaborate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What people write who come from Keras, PyTorch, NumPy or Python, and what stands here in its place: suggested, never accepted. */
final class Habits {
  /** In place of what follows from what a layer is applied to. */
  static final String FOLLOWS = "the size that comes in is not said: it follows from what the layer is applied to";

  /** What else to know of a name that stands for another. */
  private static final Map<String, String> REMARKS = Map.of(
      "dense", ": dense(64) has 64 units, and " + FOLLOWS,
      "compose", ": compose(dense(64, relu), dense(10)), or a layer after the other: x |> dense(64, relu) |> dense(10)",
      "concat", ": concat([a, b], axis = 1)",
      "cross_entropy", ": cross_entropy(scores, label), of scores before softmax",
      "binary_cross_entropy", ": binary_cross_entropy(scores, truth), of scores before the sigmoid",
      "max_pool2d", ": the window is max_pool2d(2)",
      "batch_norm", ": batch_norm(), and " + FOLLOWS,
      "mse", ": mse(prediction, truth)",
      "conv2d", ": conv2d(filters, kernel), and " + FOLLOWS);

  private static final Map<String, List<String>> NAMES = table("""
      True = true
      False = false
      None null nil undefined = none
      Linear Dense FullyConnected fc linear = dense
      Conv1d Conv1D = conv1d
      Conv2d Conv2D Convolution2D = conv2d
      Conv3d Conv3D = conv3d
      ConvTranspose1d Conv1DTranspose = conv_transpose1d
      ConvTranspose2d Conv2DTranspose Deconv2d = conv_transpose2d
      MaxPool1d MaxPooling1D MaxPool1D = max_pool1d
      MaxPool2d MaxPooling2D MaxPool2D maxpool = max_pool2d
      AvgPool2d AveragePooling2D AvgPool2D avgpool = avg_pool2d
      GlobalAveragePooling2D GlobalAveragePooling1D = global_avg_pool
      GlobalMaxPooling2D GlobalMaxPooling1D = global_max_pool
      AdaptiveAvgPool2d = adaptive_avg_pool2d
      BatchNorm1d BatchNorm2d BatchNorm3d BatchNormalization batchnorm = batch_norm
      LayerNorm LayerNormalization layernorm = layer_norm
      GroupNorm GroupNormalization = group_norm
      InstanceNorm2d = instance_norm
      Embedding Embeddings = embedding
      Dropout Dropout1d = dropout
      Dropout2d SpatialDropout2D = channel_dropout
      GaussianNoise = gaussian_noise
      LSTM LSTMLayer = lstm
      GRU = gru
      RNN SimpleRNN = rnn
      MultiheadAttention MultiHeadAttention = attention
      Flatten = flatten
      Reshape view = reshape
      Permute permute swapaxes moveaxis = transpose
      Concatenate Concat cat concatenate hstack vstack = concat
      Upsample UpSampling2D interpolate = upsample2d
      ReLU = relu
      ReLU6 = relu6
      LeakyReLU = leaky_relu
      PReLU = prelu
      GELU = gelu
      SiLU Swish swish = silu
      ELU = elu
      Sigmoid logistic = sigmoid
      Tanh = tanh
      Softmax = softmax
      LogSoftmax = log_softmax
      Softplus = softplus
      Identity linear_activation = identity
      Sequential ModuleList = compose
      CrossEntropyLoss crossentropy categorical_crossentropy sparse_categorical_crossentropy NLLLoss nll_loss softmax_cross_entropy CategoricalCrossentropy SparseCategoricalCrossentropy = cross_entropy
      BCEWithLogitsLoss BCELoss binary_crossentropy BinaryCrossentropy bce = binary_cross_entropy
      MSELoss mse_loss mean_squared_error MeanSquaredError = mse
      L1Loss l1_loss mean_absolute_error MeanAbsoluteError = mae
      SmoothL1Loss smooth_l1_loss HuberLoss = huber
      KLDivLoss kl_div = kl_divergence
      TripletMarginLoss = triplet
      SGD = sgd
      Adam = adam
      AdamW = adamw
      RMSprop RMSProp = rmsprop
      Adagrad = adagrad
      NAdam Nadam = nadam
      unsqueeze expand_dims = expand
      matmul mm bmm dot = a @ b
      power = pow
      detach stop_grad no_grad = stop_gradient
      amax reduce_max = max
      amin reduce_min = min
      reduce_mean = mean
      reduce_sum = sum
      std = sqrt(variance(x))
      var = variance
      arange linspace = range
      onehot to_categorical OneHot = one_hot
      topk = top_k
      argsort = sort_index
      tile broadcast_to = broadcast
      sigmoid_cross_entropy = binary_cross_entropy
      fabs = abs
      ln = log
      normalize = standardize
      float32 float64 = float
      """);

  private static final Map<String, List<String>> ARGUMENTS = table("""
      kernel_size filter_size ksize pool_size window = kernel
      strides = stride
      dim axes dims = axis
      keepdim keepdims keep_dims = keep
      lr learning_rate = rate
      weight_decay = decay
      eps = epsilon
      beta_1 = beta1
      beta_2 = beta2
      use_bias = bias
      out_features out_channels num_filters output_dim units filters neurons = units filters hidden width
      hidden_size hidden_dim num_units = hidden units
      num_embeddings vocab_size vocabulary = count
      embedding_dim = width
      kernel_initializer weight_init initializer = init
      bias_initializer = bias_init
      recurrent_initializer = recurrent_init
      kernel_regularizer regularizer = regularize
      bias_regularizer = bias_regularize
      activity_regularizer = activity
      kernel_constraint = constrain
      return_sequences = sequences
      num_heads nhead n_heads = heads
      prob probability drop_prob dropout_rate drop = p rate
      dilation_rate = dilation
      num_groups = groups
      label_smoothing = smoothing
      ignore_index = ignore
      class_weight weight pos_weight = class_weights
      sample_weight sample_weights = weights
      num_classes depths = depth
      act activation_fn nonlinearity = activation
      """);

  /** What an argument of another tool is told by, whatever the callee has. */
  private static final Map<String, String> ARGUMENT_REMARKS = remarks("""
      in_features in_channels input_dim input_size input_shape batch_input_shape = %s
      batch_first time_major = the first axis counts examples always: leave it out
      padding_mode = what is added is chosen before: pad(x, 1, 1, mode = "reflect")
      from_logits = losses take scores, and apply softmax or sigmoid themselves: leave it out
      reduction = a loss is a mean over the examples: leave it out
      name = a layer is called after what it is bound to: first = dense(8)
      dtype = numbers are of one precision, that of the command line: --precision double
      device = it runs on the processor: leave it out
      trainable requires_grad = what shall not learn is named: freeze "dense.*"
      momentum = momentum(0.1, 0.9) and nesterov(0.1, 0.9) are optimizers of their own
      nesterov = nesterov(0.1, 0.9) is an optimizer of its own
      weight_decay = adamw(0.001, decay = 0.01) has it, and regularize l2(0.01) on "*.W" adds it to the loss
      mask = true where a step is meant: attention takes one, and masked_mean
      """.formatted(FOLLOWS));

  private static final Map<String, String> SETTINGS = remarks("""
      lr learning_rate rate = the rate is the optimizer's: optimizer = adam(0.001)
      batch_size batchsize minibatch = batch
      num_epochs n_epochs max_epochs nb_epoch iterations = epochs
      patience = early_stopping: after how many epochs without a better one it ends
      metrics metric = a metric is a statement of its own: metric accuracy = mean(argmax(scores) == label)
      criterion loss_fn loss_function objective = what is lowered is a statement of its own: loss mse(prediction, truth)
      validation_split val_split = the data block splits: data { train = csv("all.csv")  validate = split(train, 0.1) }
      validation_data = the data block has it: data { validate = csv("validation.csv") }
      weight_decay = adamw(0.001, decay = 0.01) has it, and regularize l2(0.01) on "*.W" adds it to the loss
      momentum = momentum(0.1, 0.9) is an optimizer of its own
      clipnorm clip grad_clip gradient_clip max_grad_norm = clip_global_norm
      clipvalue = clip_value
      random_state random_seed = seed
      scheduler lr_scheduler schedule = a schedule multiplies the rate: optimizer = adam(0.001 * cosine_decay(1000))
      verbose callbacks = the command line says what is told: --log-steps, --watch
      device = it runs on the processor: leave it out
      num_workers workers threads = the command line says it: --threads
      save checkpoint = checkpoint_steps or checkpoint_minutes; the command line says where: --out
      optim = optimizer
      """);

  private static final Map<String, String> PARTS = remarks("""
      training trainset x_train = train
      val valid validation dev = validate
      testing eval testset = test
      validation_split val_split = write validate = split(train, 0.1): that part is validated with and not learned from
      batch_size batch shuffle = the train block has it: train { batch = 32  shuffle = true }
      """);

  /** Of tensors elsewhere, and what stands here; {@code %1$s} is the tensor. */
  private static final Map<String, String> METHODS = remarks("""
      view reshape = reshape(%1$s, [N, -1])
      permute = transpose(%1$s, [0, 2, 1])
      T mT t = transpose(%1$s, [1, 0])
      shape size = shape(%1$s)[1]
      ndim dim = rank(%1$s)
      detach = stop_gradient(%1$s)
      unsqueeze = expand(%1$s, 1)
      float half double to_float = cast(%1$s, "float")
      int long to_int = cast(%1$s, "int")
      astype type = cast(%1$s, "int")
      cuda cpu to contiguous clone copy eval train = it runs on the processor, and values never change: leave it out
      backward = gradients are made by the compiler: 'loss' says what is lowered, grad(y, x) is one
      item numpy = an output is what a program gives: output name = %1$s
      matmul mm = %1$s @ other
      pow = %1$s ^ 2
      std = sqrt(variance(%1$s))
      append = list + [%1$s]
      """);

  private static final List<String> MODULES = List.of("nn", "torch", "tf", "keras", "layers", "F", "np", "numpy", "jnp", "jax", "functional", "optim", "optimizers", "losses",
      "activations", "models", "math", "tensorflow", "linalg", "random", "metrics");

  private Habits() {}

  /** Lines of foreign words, an equals sign, and the words that stand here. */
  private static Map<String, List<String>> table(String text) {
    Map<String, List<String>> table = new HashMap<>();
    remarks(text).forEach((word, own) -> table.put(word, own.contains("(") || own.contains("@") ? List.of(own) : List.of(own.split(" "))));
    return Map.copyOf(table);
  }

  private static Map<String, String> remarks(String text) {
    Map<String, String> table = new HashMap<>();
    text.lines().forEach(line -> {
      int equals = line.indexOf(" = ");
      for (var word : line.substring(0, equals).split(" ")) {
        table.put(word, line.substring(equals + 3));
      }
    });
    return Map.copyOf(table);
  }

  /** All that names, arguments and settings of other tools lead to; each is something that a program may write. */
  static Map<String, List<String>> names() {
    return NAMES;
  }

  static Map<String, List<String>> arguments() {
    return ARGUMENTS;
  }

  static Map<String, String> settings() {
    return SETTINGS;
  }

  /** What to write in place of a name that nothing has. */
  static Optional<String> name(String name, Collection<String> known) {
    var own = NAMES.get(name);
    if (own != null) {
      return Optional.of("'" + name + "' is '" + own.getFirst() + "' here" + REMARKS.getOrDefault(own.getFirst(), ""));
    } else if (name.equals("self") || name.equals("cls") || name.equals("super")) {
      return Optional.of("a layer has no self: its parts are bound by names, h = dense(8)(x), its weights by param");
    } else if (MODULES.contains(name)) {
      return Optional.of("the library's names stand by themselves, without a module");
    }
    return !name.equals(name.toLowerCase(java.util.Locale.ROOT)) && known.contains(name.toLowerCase(java.util.Locale.ROOT))
        ? Optional.of("the library's names are written in small letters: " + name.toLowerCase(java.util.Locale.ROOT)) : Optional.empty();
  }

  /** What to write in place of a name behind the name of a module: {@code nn.Linear}. */
  static String inModule(String name, Collection<String> known) {
    return known.contains(name) ? "write " + name + ": the library's names stand by themselves, without a module"
        : name(name, known).orElse("the library's names stand by themselves, without a module");
  }

  static boolean isModule(String name) {
    return MODULES.contains(name);
  }

  /** What to write in place of an argument that a callee does not have. */
  static Optional<String> argument(String name, List<String> parameters) {
    return ARGUMENTS.getOrDefault(name, List.of()).stream().filter(parameters::contains).findFirst().map(own -> "'" + name + "' is '" + own + "' here")
        .or(() -> Optional.ofNullable(ARGUMENT_REMARKS.get(name)));
  }

  /** What to write in place of a setting that the train block does not have. */
  static Optional<String> setting(String name) {
    return said(SETTINGS, name);
  }

  /** What to write in place of a part that the data block does not have. */
  static Optional<String> part(String name) {
    return said(PARTS, name);
  }

  /** A word that stands here, or a sentence. */
  private static Optional<String> said(Map<String, String> table, String name) {
    return Optional.ofNullable(table.get(name)).map(own -> own.contains(" ") ? own : "'" + name + "' is '" + own + "' here");
  }

  /**
   * What to write in place of a method of a tensor.
   *
   * @param tensor as the program writes it
   */
  static Optional<String> method(String name, String tensor, Collection<String> functions) {
    var own = METHODS.get(name);
    if (own != null) {
      var text = own.formatted(tensor);
      return Optional.of(text.contains(": ") ? text : "write " + text);
    }
    var candidates = new ArrayList<>(List.of(name));
    candidates.addAll(NAMES.getOrDefault(name, List.of()));
    return candidates.stream().filter(functions::contains).findFirst().map(function -> "write " + tensor + " |> " + function + ", or " + function + "(" + tensor + ")");
  }
}
