package dev.slm.format;

import java.util.Arrays;
import java.util.List;

/** A constant of a node: its name and a number, a fraction, a text or a list of numbers. */
public record OnnxAttribute(String name, Value value) {

  /** What an attribute can hold here. */
  public sealed interface Value {}

  record Whole(long value) implements Value {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  record Fraction(float value) implements Value {
    @Override
    public String toString() {
      return Float.toString(value);
    }
  }

  record Text(String value) implements Value {
    @Override
    public String toString() {
      return value;
    }
  }

  record Wholes(List<Long> values) implements Value {
    @Override
    public String toString() {
      return values.toString();
    }
  }

  public static OnnxAttribute of(String name, long value) {
    return new OnnxAttribute(name, new Whole(value));
  }

  public static OnnxAttribute of(String name, float value) {
    return new OnnxAttribute(name, new Fraction(value));
  }

  public static OnnxAttribute of(String name, String value) {
    return new OnnxAttribute(name, new Text(value));
  }

  public static OnnxAttribute of(String name, long... values) {
    return new OnnxAttribute(name, new Wholes(Arrays.stream(values).boxed().toList()));
  }
}
