package dev.slm.session;

import dev.slm.base.Progress;
import dev.slm.convert.Converter;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.quantize.Encoder;
import dev.slm.quantize.WeightOptions;
import java.nio.file.Path;
import java.util.List;

/** The bundled model as a folder that runs, in fp32. */
public final class DemoFolder {
  private static final Path CHECKPOINT = Path.of("src/model/checkpoint");

  private DemoFolder() {}

  public static Path make(Path folder) {
    List<Family> known = List.of(Family.read(Path.of("profiles/families/qwen2.json")));
    Family family = Converter.familyOf(CHECKPOINT, known);
    boolean isTied = Converter.architecture(CHECKPOINT, family).isTied();
    WeightOptions options = WeightOptions.of(Precision.FP32);
    try (Encoder encoder = new Encoder(options, isTied, 1, Progress.NONE)) {
      var _ =
          Converter.convert(CHECKPOINT, family, encoder, "slm-demo-fp32", folder, Progress.NONE);
    }
    return folder;
  }
}
