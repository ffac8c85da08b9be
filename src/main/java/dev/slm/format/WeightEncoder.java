package dev.slm.format;

/**
 * Turns weights into constants and the nodes that use them, one at a time while a graph is built:
 * the bytes go to the graph's weight file at once, so that memory stays near one block of rows.
 * Node names are the graph's own, such as {@code /model/layers.0/mlp/down_proj/MatMul}.
 */
public interface WeightEncoder {
  /**
   * Adds a linear layer without bias.
   *
   * @param node the new node's name; recipes choose precisions by it
   * @param weight one row for each output
   * @param input value of shape [batch, length, columns]
   * @return the output value, of shape [batch, length, rows], fp32
   */
  String matMul(OnnxGraph graph, String node, WeightMatrix weight, String input);

  /**
   * Adds the lookup of token embeddings.
   *
   * @param table one row for each token
   * @param ids value of shape [batch, length], int64
   * @return the output value, of shape [batch, length, columns], fp32
   */
  String gather(OnnxGraph graph, String node, WeightMatrix table, String ids);

  /**
   * Adds the last linear layer.
   *
   * @param tied whether the weight is the table of {@link #gather}, which is then stored once where
   *     its encoding serves both
   */
  String head(OnnxGraph graph, String node, WeightMatrix weight, String input, boolean tied);
}
