package dev.slm.format;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Says where a checkpoint's tensors lie in the weight file of a model that keeps all of them, fp32
 * or fp16: such a folder is a checkpoint, too, and can be quantized again.
 */
public final class WeightIndex {
  public static final String FILE_NAME = "slm_weights.json";

  private static final long LARGEST_BYTES = 32L * 1024 * 1024;

  private WeightIndex() {}

  /** One tensor, as the file has it. */
  record Entry(String name, String dtype, List<Long> shape, String file, long offset) {
    Entry {
      shape = List.copyOf(shape);
    }
  }

  /** All tensors. */
  record Content(List<Entry> tensors) {
    Content {
      tensors = List.copyOf(tensors);
    }
  }

  /** Writes the index; the tensors' files are those beside it. */
  public static void write(Path folder, List<Safetensors.Tensor> tensors) {
    List<Entry> entries = tensors.stream().map(WeightIndex::entry).toList();
    DurableFile.write(folder.resolve(FILE_NAME), Json.pretty(new Content(entries)));
  }

  private static Entry entry(Safetensors.Tensor tensor) {
    String file = tensor.file().getFileName().toString();
    return new Entry(tensor.name(), tensor.type().name(), tensor.shape(), file, tensor.offset());
  }

  static List<Safetensors.Tensor> read(Path folder) {
    Path index = folder.resolve(FILE_NAME);
    return Json.read(index, LARGEST_BYTES, Content.class).tensors().stream()
        .map(entry -> tensor(index, entry))
        .toList();
  }

  private static Safetensors.Tensor tensor(Path index, Entry entry) {
    String field = "tensor " + Shown.name(entry.name());
    StoredType type =
        StoredType.find(entry.dtype().toUpperCase(Locale.ROOT))
            .filter(StoredType::isWeight)
            .orElseThrow(() -> bad(index, field + " dtype", "is not a type of weights"));
    if (!entry.file().matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw bad(index, field + " file", "is not the name of a file beside it");
    }
    try {
      long elements = 1;
      for (long size : entry.shape()) {
        elements = Math.multiplyExact(elements, Math.max(0, size));
      }
      long bytes = Math.multiplyExact(elements, type.bits() / 8);
      Path file = index.resolveSibling(entry.file());
      return new Safetensors.Tensor(entry.name(), type, entry.shape(), file, entry.offset(), bytes);
    } catch (ArithmeticException e) {
      throw bad(index, field + " shape", "is more than any file can hold").causedBy(e);
    }
  }

  static void checkInside(Safetensors.Tensor tensor, FileChannel channel) {
    try {
      if (tensor.offset() < 0 || tensor.offset() > channel.size() - tensor.bytes()) {
        throw bad(tensor.file(), "tensor " + Shown.name(tensor.name()), "ends behind the file");
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(tensor.file(), e);
    }
  }

  private static Problem bad(Path file, String field, String found) {
    return SafetensorsHeader.bad(file, field, found, "");
  }
}
