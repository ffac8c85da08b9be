package dev.slm.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes safetensors files for tests: small right ones, and ones that are wrong in one place. */
public final class SafetensorsFile {
  private record Entry(StoredType type, List<Long> shape, ByteBuffer bytes) {}

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Adds a tensor of the given type, rounded from floats. */
  public SafetensorsFile add(String name, StoredType type, long[] shape, float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.bits() / 8).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case F32 -> bytes.putFloat(value);
        case F16 -> bytes.putShort(Float.floatToFloat16(value));
        case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        default -> throw new IllegalArgumentException("" + type);
      }
    }
    entries.put(name, new Entry(type, Arrays.stream(shape).boxed().toList(), bytes.flip()));
    return this;
  }

  public Path write(Path file) {
    StringBuilder header = new StringBuilder("{");
    long at = 0;
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      Entry tensor = entry.getValue();
      header.append(header.length() == 1 ? "" : ",");
      header.append('"').append(entry.getKey()).append("\":{\"dtype\":\"").append(tensor.type());
      header.append("\",\"shape\":").append(tensor.shape());
      header.append(",\"data_offsets\":[").append(at).append(',');
      at += tensor.bytes().limit();
      header.append(at).append("]}");
    }
    return write(file, header.append('}').toString(), data());
  }

  private byte[] data() {
    ByteBuffer data =
        ByteBuffer.allocate(entries.values().stream().mapToInt(e -> e.bytes().limit()).sum());
    entries.values().forEach(entry -> data.put(entry.bytes().duplicate()));
    return data.array();
  }

  /** Writes a header as it is, with its right length, and data behind it. */
  public static Path write(Path file, String header, byte... data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return write(file, json.length, json, data);
  }

  /** Writes a length, a header and data, whatever they are. */
  public static Path write(Path file, long length, byte[] header, byte... data) {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(header).put(data);
    try {
      return Files.write(file, bytes.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One tensor's entry as text. */
  static String entry(String name, String dtype, String shape, String offsets) {
    return Map.of("dtype", dtype, "shape", shape, "data_offsets", offsets).entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
        .collect(Collectors.joining(",", "\"" + name + "\":{", "}"));
  }
}
