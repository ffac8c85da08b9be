package dev.slm.convert;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a converted model in the plainest way: every value in, every value out, no shortcuts. */
final class OnnxRun implements AutoCloseable {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private OrtSession.@Nullable Result last;
  private int length;

  OnnxRun(Path folder) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    session = environment.createSession(folder.resolve("model.onnx").toString(), options);
  }

  /** Forgets all tokens. */
  void reset() {
    if (last != null) {
      last.close();
      last = null;
    }
    length = 0;
  }

  /** The logits that follow each of the ids. */
  float[][] next(int... ids) throws OrtException {
    return run(1, ids);
  }

  /** The logits that follow the last of the ids. */
  float[] nextLast(int... ids) throws OrtException {
    float[][] logits = run(2, ids);
    if (logits.length != 1) {
      throw new AssertionError("expected the logits of one position, found " + logits.length);
    }
    return logits[0];
  }

  /** The most likely tokens one after the other, until one of them ends the answer. */
  List<Integer> greedy(int[] prompt, int most, List<Integer> stopTokens) throws OrtException {
    reset();
    List<Integer> answer = new ArrayList<>();
    int token = argmax(nextLast(prompt));
    while (!stopTokens.contains(token) && answer.size() < most) {
      answer.add(token);
      token = argmax(nextLast(token));
    }
    return answer;
  }

  static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private float[][] run(long maskValue, int... ids) throws OrtException {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    List<OnnxTensor> own = new ArrayList<>();
    own.add(longs(Arrays.stream(ids).asLongStream().toArray()));
    inputs.put("input_ids", own.getFirst());
    long[] mask = new long[length + ids.length];
    Arrays.fill(mask, maskValue);
    own.add(longs(mask));
    inputs.put("attention_mask", own.getLast());
    for (NodeInfo input : session.getInputInfo().values()) {
      if (input.getName().startsWith("past_key_values.")) {
        inputs.put(input.getName(), past(input, own));
      }
    }
    OrtSession.Result result = session.run(inputs);
    own.forEach(OnnxTensor::close);
    if (last != null) {
      last.close();
    }
    last = result;
    length += ids.length;
    return ((float[][][]) result.get("logits").orElseThrow().getValue())[0];
  }

  private OnnxTensor past(NodeInfo input, List<OnnxTensor> own) throws OrtException {
    if (last != null) {
      String present = input.getName().replace("past_key_values", "present");
      return (OnnxTensor) last.get(present).orElseThrow();
    }
    long[] shape = ((TensorInfo) input.getInfo()).getShape().clone();
    shape[0] = 1;
    shape[2] = 0;
    own.add(OnnxTensor.createTensor(environment, FloatBuffer.allocate(0), shape));
    return own.getLast();
  }

  private OnnxTensor longs(long[] values) throws OrtException {
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(values), new long[] {1, values.length});
  }

  @Override
  public void close() throws OrtException {
    reset();
    session.close();
  }
}
