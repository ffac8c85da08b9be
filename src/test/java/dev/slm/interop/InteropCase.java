package dev.slm.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A model folder's name, a prompt, and what it answered; one line of a file. */
record InteropCase(String model, List<Integer> prompt, List<Integer> answer) {
  private static final String FILE = "cases.txt";

  static void write(Path folder, List<InteropCase> cases) throws IOException {
    Files.write(folder.resolve(FILE), cases.stream().map(InteropCase::line).toList());
  }

  static List<InteropCase> read(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve(FILE)).stream().map(InteropCase::parse).toList();
  }

  private String line() {
    return model + "\t" + join(prompt) + "\t" + join(answer);
  }

  private static InteropCase parse(String line) {
    String[] parts = line.split("\t", -1);
    return new InteropCase(parts[0], ids(parts[1]), ids(parts[2]));
  }

  private static String join(List<Integer> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static List<Integer> ids(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
  }
}
