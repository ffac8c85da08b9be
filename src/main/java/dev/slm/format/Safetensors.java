package dev.slm.format;

import dev.slm.base.DurableFile;
import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The weights of a checkpoint: one safetensors file, or several with an index. Only headers are
 * read on opening; weights are read when asked for, in blocks of rows.
 *
 * <p>Weights are read through positional reads and not through memory maps: mapped pages count as
 * the program's own memory, and a file that another program cuts off would raise an error in the
 * middle of arithmetic.
 */
public final class Safetensors implements AutoCloseable {
  private final Path source;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private long leftOutBytes;
  private final Map<Path, FileChannel> channels = new LinkedHashMap<>();

  /**
   * Where a tensor lies.
   *
   * @param shape dimensions, empty for a single number
   * @param offset first byte in the file
   */
  public record Tensor(
      String name, StoredType type, List<Long> shape, Path file, long offset, long bytes) {
    public Tensor {
      shape = List.copyOf(shape);
    }

    Tensor called(String other) {
      return new Tensor(other, type, shape, file, offset, bytes);
    }
  }

  private Safetensors(Path source) {
    this.source = source;
  }

  /** Opens a file, or the checkpoint of a folder. */
  public static Safetensors open(Path path) {
    if (!Files.isDirectory(path)) {
      return open(path, List.of(path), (_, _) -> {});
    }
    Path single = path.resolve("model.safetensors");
    Path index = path.resolve("model.safetensors.index.json");
    if (Files.isRegularFile(index)) {
      SafetensorsIndex shards = SafetensorsIndex.read(index);
      Safetensors opened = open(path, shards.shards(), shards::checkShard);
      shards.checkTotal(opened.bytes());
      return opened;
    }
    if (Files.isRegularFile(single)) {
      return open(path, List.of(single), (_, _) -> {});
    }
    if (Files.isRegularFile(path.resolve(WeightIndex.FILE_NAME))) {
      return ofIndex(path);
    }
    throw Problem.badFile("no weights in '" + path + "'")
        .why("there is neither model.safetensors nor model.safetensors.index.json");
  }

  private static Safetensors open(
      Path source, List<Path> files, BiConsumer<Path, List<Tensor>> check) {
    Safetensors opened = new Safetensors(source);
    boolean done = false;
    try {
      files.forEach(file -> check.accept(file, opened.add(file)));
      done = true;
      return opened;
    } finally {
      if (!done) {
        opened.close();
      }
    }
  }

  /** The weights of a model folder of ours that still holds all of them. */
  private static Safetensors ofIndex(Path folder) {
    Safetensors opened = new Safetensors(folder);
    boolean done = false;
    try {
      for (Tensor tensor : WeightIndex.read(folder)) {
        opened.channels.computeIfAbsent(tensor.file(), Safetensors::openChannel);
        WeightIndex.checkInside(tensor, opened.channel(tensor));
        opened.tensors.put(tensor.name(), tensor);
      }
      done = true;
      return opened;
    } finally {
      if (!done) {
        opened.close();
      }
    }
  }

  /**
   * The same files with other names for their tensors, in place of this object.
   *
   * @param names what a tensor is called, empty to leave it out
   */
  public Safetensors renamed(Function<String, Optional<String>> names) {
    Safetensors renamed = new Safetensors(source);
    renamed.channels.putAll(channels);
    for (Tensor tensor : tensors.values()) {
      names
          .apply(tensor.name())
          .map(tensor::called)
          .ifPresentOrElse(renamed::put, () -> renamed.leftOutBytes += tensor.bytes());
    }
    return renamed;
  }

  /** Bytes of tensors that {@link #renamed} left out. */
  public long leftOutBytes() {
    return leftOutBytes;
  }

  private void put(Tensor tensor) {
    Tensor other = tensors.put(tensor.name(), tensor);
    if (other != null) {
      throw SafetensorsHeader.bad(
          tensor.file(),
          "tensor " + Shown.name(tensor.name()),
          "is also in '" + other.file().getFileName() + "'",
          "each tensor in one file");
    }
  }

  /** Writes some tensors, bytes as they are, to a file of their own. */
  public void copy(List<String> names, Path file, Progress progress) {
    SafetensorsCopy.write(names.stream().map(this::any).toList(), this::channel, file, progress);
  }

  private List<Tensor> add(Path file) {
    FileChannel channel = openChannel(file);
    channels.put(file, channel);
    List<Tensor> found = SafetensorsHeader.read(file, channel);
    found.forEach(this::put);
    return found;
  }

  private static FileChannel openChannel(Path file) {
    try {
      // a pipe or a device would block for ever on opening
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw Problem.badFile("'" + file + "' is not a regular file");
      }
      return FileChannel.open(file, StandardOpenOption.READ);
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  /** All tensors by name, in the order of their data. */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** Bytes of all weights. */
  public long bytes() {
    return tensors.values().stream().mapToLong(Tensor::bytes).sum();
  }

  /** Number of all weights. */
  public long parameters() {
    return tensors.values().stream().mapToLong(t -> t.bytes() * 8 / t.type().bits()).sum();
  }

  /** The files, in the order of the index. */
  public List<Path> files() {
    return new ArrayList<>(channels.keySet());
  }

  /** A tensor of two dimensions. */
  public WeightMatrix matrix(String name) {
    Tensor tensor = weight(name);
    if (tensor.shape().size() != 2) {
      throw wrongShape(tensor, "two dimensions");
    }
    return StoredMatrix.of(tensor, channel(tensor), tensor.shape().get(0), tensor.shape().get(1));
  }

  /** A matrix that must have this shape, because the configuration says so. */
  public WeightMatrix matrix(String name, int rows, int columns) {
    WeightMatrix matrix = matrix(name);
    if (matrix.rows() != rows || matrix.columns() != columns) {
      throw wrongShape(weight(name), "[" + rows + ", " + columns + "] by config.json");
    }
    return matrix;
  }

  /** A tensor of one dimension. */
  public float[] vector(String name) {
    Tensor tensor = weight(name);
    if (tensor.shape().size() != 1) {
      throw wrongShape(tensor, "one dimension");
    }
    StoredMatrix row = StoredMatrix.of(tensor, channel(tensor), 1, tensor.shape().get(0));
    float[] values = new float[row.columns()];
    row.read(0, 1, values);
    return values;
  }

  /** A vector that must have this length, because the configuration says so. */
  public float[] vector(String name, int length) {
    Tensor tensor = weight(name);
    if (!tensor.shape().equals(List.of((long) length))) {
      throw wrongShape(tensor, "[" + length + "] by config.json");
    }
    return vector(name);
  }

  private Tensor any(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw missing(name);
    }
    return tensor;
  }

  private Tensor weight(String name) {
    Tensor tensor = any(name);
    if (!tensor.type().isWeight()) {
      throw SafetensorsHeader.bad(
          tensor.file(),
          "tensor " + Shown.name(name) + " dtype",
          "is '" + tensor.type() + "'",
          "BF16, F16 or F32; quantized checkpoints cannot be converted");
    }
    return tensor;
  }

  private Problem missing(String name) {
    Problem problem =
        Problem.badFile("'" + source + "': tensor " + Shown.name(name) + ": is missing");
    List<String> near = Nearest.to(name, tensors.keySet());
    return near.isEmpty() ? problem : problem.why("the nearest is " + Shown.name(near.getFirst()));
  }

  private FileChannel channel(Tensor tensor) {
    FileChannel channel = channels.get(tensor.file());
    if (channel == null) {
      throw new IllegalStateException("no channel for " + tensor.file());
    }
    return channel;
  }

  private static Problem wrongShape(Tensor tensor, String expected) {
    return SafetensorsHeader.bad(
        tensor.file(),
        "tensor " + Shown.name(tensor.name()) + " shape",
        "is " + tensor.shape(),
        expected);
  }

  @Override
  public void close() {
    for (FileChannel channel : channels.values()) {
      try {
        channel.close();
      } catch (IOException ignored) {
        // nothing was written, so nothing can be lost
      }
    }
  }
}
