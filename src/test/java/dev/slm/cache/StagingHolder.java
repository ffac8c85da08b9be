package dev.slm.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that has begun a model and is killed before it ends. */
final class StagingHolder {
  private StagingHolder() {}

  public static void main(String[] args) throws IOException {
    try (Staging staging = ModelCache.at(Path.of(args[0])).stageResumable("Qwen", "weights")) {
      Files.writeString(staging.folder().resolve("half"), "half");
      System.out.println("holding");
      System.in.read();
    }
  }
}
