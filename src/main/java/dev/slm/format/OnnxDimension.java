package dev.slm.format;

/** One axis of a graph's input or output: a size, or the name of a size that is known at run. */
public record OnnxDimension(String name, long size) {
  public static OnnxDimension of(long size) {
    return new OnnxDimension("", size);
  }

  public static OnnxDimension of(String name) {
    return new OnnxDimension(name, -1);
  }

  public boolean isFixed() {
    return name.isEmpty();
  }

  @Override
  public String toString() {
    return isFixed() ? Long.toString(size) : name;
  }
}
