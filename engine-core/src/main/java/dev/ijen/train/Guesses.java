package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What a network says of each place of an example: how far off it is, and which symbol it takes for the likeliest.
///
/// @param y what [#of] gave for all examples
/// @param example which
/// @param length places
record Guesses(double[] y, int example, int length) {
    private static final int CHUNK = 256;

    /// F32 [N, 2 T]: the losses of all places, 0 where a label is negative, then their likeliest symbols.
    ///
    /// @param logits [N, T, symbols]
    /// @param labels [N, T]
    static Tensor of(Tensor logits, Tensor labels) {
        var z = logits.cast(DType.F32);
        return Tensor.concat(1, z.crossEntropy(labels), z.argmax(-1).cast(DType.F32));
    }

    /// What is to be seen in an example.
    interface Look {
        /// Looks at one.
        ///
        /// @param guesses the network's
        /// @param truth labels of all places
        /// @return what is wrong with it; null for nothing
        WorstError at(Guesses guesses, int[] truth);
    }

    /// Looks at all examples, one after the other.
    ///
    /// @param y what [#of] gave for all of them
    /// @return those that are most wrong
    static List<WorstError> walk(Dataset data, double[] y, int length, Look look) {
        var wrong = new ArrayList<WorstError>();
        for (int from = 0; from < data.size(); from += CHUNK) {
            int rows = Math.min(CHUNK, data.size() - from);
            int[] labels = labels(data, from, rows);
            for (int r = 0; r < rows; r++) {
                int[] truth = Arrays.copyOfRange(labels, r * length, (r + 1) * length);
                var error = look.at(new Guesses(y, from + r, length), truth);
                if (error != null) {
                    wrong.add(error);
                }
            }
        }
        return WorstError.of(wrong);
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
