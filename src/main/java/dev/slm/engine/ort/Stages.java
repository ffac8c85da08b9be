package dev.slm.engine.ort;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One graph as one session, or as several that run one after the other. */
final class Stages {
  private final List<Stage> stages;

  /**
   * @param handed names of the values that later stages want of this one
   */
  private record Stage(
      OrtSession session, Set<String> inputs, Set<String> outputs, Set<String> handed) {}

  private Stages(List<Stage> stages) {
    this.stages = stages;
  }

  static Stages of(List<OrtSession> sessions) throws OrtException {
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < sessions.size(); i++) {
      OrtSession session = sessions.get(i);
      Set<String> handed = new HashSet<>(session.getOutputNames());
      Set<String> wanted = new HashSet<>();
      sessions.subList(i + 1, sessions.size()).forEach(s -> wanted.addAll(s.getInputNames()));
      handed.retainAll(wanted);
      Set<String> outputs = new HashSet<>(session.getOutputNames());
      outputs.removeAll(handed);
      stages.add(new Stage(session, session.getInputNames(), outputs, handed));
    }
    return new Stages(stages);
  }

  int count() {
    return stages.size();
  }

  /** A line of the graph's metadata, which every part repeats. */
  Optional<String> metadata(String name) throws OrtException {
    return stages.getFirst().session().getMetadata().getCustomMetadataValue(name);
  }

  /** What the graph as a whole takes. */
  Map<String, NodeInfo> inputs() throws OrtException {
    Map<String, NodeInfo> inputs = new LinkedHashMap<>();
    for (Stage stage : stages) {
      inputs.putAll(stage.session().getInputInfo());
    }
    stages.forEach(stage -> inputs.keySet().removeAll(stage.handed()));
    return inputs;
  }

  /** What the graph as a whole gives. */
  Map<String, NodeInfo> outputs() throws OrtException {
    Map<String, NodeInfo> outputs = new LinkedHashMap<>();
    for (Stage stage : stages) {
      outputs.putAll(stage.session().getOutputInfo());
    }
    stages.forEach(stage -> outputs.keySet().removeAll(stage.handed()));
    return outputs;
  }

  /** The maps that one sequence fills for each run, kept so that a token makes none. */
  Runner runner() {
    return new Runner(stages);
  }

  void close() throws OrtException {
    for (Stage stage : stages) {
      stage.session().close();
    }
  }

  /** Runs of one sequence; not for several threads. */
  static final class Runner {
    private final List<Step> steps;

    private record Step(
        Stage stage, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {}

    private Runner(List<Stage> stages) {
      this.steps =
          stages.stream()
              .map(stage -> new Step(stage, new LinkedHashMap<>(), new LinkedHashMap<>()))
              .toList();
    }

    void input(String name, OnnxTensor tensor) {
      for (Step step : steps) {
        if (step.stage().inputs().contains(name)) {
          step.inputs().put(name, tensor);
        }
      }
    }

    void output(String name, OnnxTensor tensor) {
      for (Step step : steps) {
        if (step.stage().outputs().contains(name)) {
          step.outputs().put(name, tensor);
        }
      }
    }

    void run(OrtSession.RunOptions options) throws OrtException {
      run(0, options);
    }

    /** What a stage hands on lives until the last one is done. */
    private void run(int index, OrtSession.RunOptions options) throws OrtException {
      Step step = steps.get(index);
      Set<String> handed = step.stage().handed();
      try (OrtSession.Result result =
          step.stage().session().run(step.inputs(), handed, step.outputs(), options)) {
        if (index + 1 == steps.size()) {
          return;
        }
        for (String name : handed) {
          input(name, (OnnxTensor) result.get(name).orElseThrow());
        }
        run(index + 1, options);
      }
    }
  }
}
