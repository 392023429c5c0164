package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import java.util.stream.IntStream;

/// What a network says of each place of an example: how far off it is, and which symbol it takes for the likeliest.
///
/// @param y what [#of] gave for all examples
/// @param example which
/// @param length places
record Guesses(double[] y, int example, int length) {
    /// F32 [N, 2 T]: the losses of all places, 0 where a label is negative, then their likeliest symbols.
    ///
    /// @param logits [N, T, symbols]
    /// @param labels [N, T]
    static Tensor of(Tensor logits, Tensor labels) {
        var z = logits.cast(DType.F32);
        return Tensor.concat(1, z.crossEntropy(labels), z.argmax(-1).cast(DType.F32));
    }

    /// Labels of `rows` examples from one on, [rows · T].
    static int[] labels(Dataset data, int from, int rows) {
        return data.batch(IntStream.range(from, from + rows).toArray()).labels().toIntArray();
    }

    double loss(int t) {
        return y[2 * example * length + t];
    }

    int token(int t) {
        return (int) y[(2 * example + 1) * length + t];
    }
}
