package dev.slm.format;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Writes a safetensors file with tensors of another one. */
final class SafetensorsCopy {
  private static final int CHUNK_BYTES = 1 << 20;

  private SafetensorsCopy() {}

  static void write(
      List<Safetensors.Tensor> tensors,
      Function<Safetensors.Tensor, FileChannel> channels,
      Path file,
      Progress progress) {
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(out, header(tensors));
      for (Safetensors.Tensor tensor : tensors) {
        copy(tensor, channels.apply(tensor), out, progress);
      }
      out.force(true);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }

  private static ByteBuffer header(List<Safetensors.Tensor> tensors) {
    Map<String, Object> entries = new LinkedHashMap<>();
    long at = 0;
    for (Safetensors.Tensor tensor : tensors) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", tensor.type().name());
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", List.of(at, at + tensor.bytes()));
      entries.put(tensor.name(), entry);
      at += tensor.bytes();
    }
    byte[] json = Json.line(entries).getBytes(StandardCharsets.UTF_8);
    ByteBuffer header = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    return header.putLong(json.length).put(json).flip();
  }

  private static void copy(
      Safetensors.Tensor tensor, FileChannel from, FileChannel out, Progress progress)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    long done = 0;
    while (done < tensor.bytes()) {
      progress.checkCancelled();
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, tensor.bytes() - done));
      if (from.read(chunk, tensor.offset() + done) < 0) {
        throw SafetensorsHeader.bad(
            tensor.file(), "tensor " + Shown.name(tensor.name()), "the file became shorter", "");
      }
      done += chunk.position();
      writeAll(out, chunk.flip());
    }
  }

  private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
