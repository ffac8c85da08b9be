package dev.slm.convert;

import dev.slm.base.Progress;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.quantize.Encoder;
import dev.slm.quantize.WeightOptions;
import java.nio.file.Path;

/** Conversions as tests want them. */
final class Conversions {
  private Conversions() {}

  static Converter.Converted fp32(Path checkpoint, Family family, Path folder) {
    return with(WeightOptions.of(Precision.FP32), checkpoint, family, folder);
  }

  static Converter.Converted with(
      WeightOptions options, Path checkpoint, Family family, Path folder) {
    boolean isTied = Converter.architecture(checkpoint, family).isTied();
    try (Encoder encoder = new Encoder(options, isTied, 1, Progress.NONE)) {
      return Converter.convert(checkpoint, family, encoder, "test-model", folder, Progress.NONE);
    }
  }
}
