package dev.slm.prepare;

import dev.slm.base.DurableFile;
import dev.slm.base.Progress;
import dev.slm.convert.Architecture;
import dev.slm.convert.Converter;
import dev.slm.format.Safetensors;
import dev.slm.format.WeightIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a model that holds all weights a checkpoint, too: an index says where they lie in its
 * weight file, and what is not there as it was, such as norms, goes to a small file beside it.
 */
final class KeptWeights {
  private static final String REST = "slm_rest.safetensors";
  private static final String CONFIG = "config.json";

  private KeptWeights() {}

  static void add(
      QuantizeRequest request,
      Architecture architecture,
      List<Safetensors.Tensor> kept,
      Path folder,
      Progress progress) {
    if (request.options().precision().isBlockwise()) {
      return;
    }
    List<Safetensors.Tensor> all = new ArrayList<>(kept);
    try (Safetensors source = Converter.weights(request.source().folder(), architecture.family())) {
      source.copy(rest(source, architecture, kept), folder.resolve(REST), progress);
    }
    try (Safetensors rest = Safetensors.open(folder.resolve(REST))) {
      all.addAll(rest.tensors().values());
    }
    WeightIndex.write(folder, all);
    copy(CONFIG, request.source().folder(), folder);
    if (Files.isRegularFile(request.source().folder().resolve(QualityText.FILE_NAME))) {
      copy(QualityText.FILE_NAME, request.source().folder(), folder);
    }
  }

  private static List<String> rest(
      Safetensors source, Architecture architecture, List<Safetensors.Tensor> kept) {
    Set<String> names = kept.stream().map(Safetensors.Tensor::name).collect(Collectors.toSet());
    return source.tensors().keySet().stream()
        .filter(name -> !names.contains(name))
        .filter(
            name -> !(architecture.isTied() && name.equals(architecture.family().tensors().head())))
        .toList();
  }

  private static void copy(String name, Path from, Path to) {
    try {
      DurableFile.write(to.resolve(name), Files.readAllBytes(from.resolve(name)));
    } catch (IOException e) {
      throw DurableFile.cannotRead(from.resolve(name), e);
    }
  }
}
