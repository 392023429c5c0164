package dev.ijen.train;

import dev.ijen.data.Dataset;
import dev.ijen.data.text.Vocabulary;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What a trained network makes of examples before its last layer, or in any layer, as a vector for each.
///
/// @param names of the examples: their number, or the symbol
/// @param vectors [N][D]
/// @param classes of each; -1 where there are none
/// @param classNames by index
/// @param layer they are from
public record Embeddings(List<String> names, double[][] vectors, int[] classes, List<String> classNames, String layer) {
    /// The vectors of a layer, [N, D]: maps [N, C, H, W] are averaged over their places, steps [N, T, C] over time.
    ///
    /// @param layer by name; null for what goes into the last layer with weights
    static Tensor of(Module model, String layer, Runnable apply) {
        var name = layer == null ? head(model) : layer;
        var found = Probe.captured(name, layer == null, apply);
        if (found == null) {
            throw new EmbedException("no such layer", "'" + name + "'", "a name 'ijen inspect' shows",
                    "for example --layer 0 for the first one");
        }
        var y = found.cast(DType.F32);
        int rank = y.shape().rank();
        if (rank == 4) {
            return y.mean(2, 3);
        }
        return rank == 3 ? y.mean(1) : y.reshape(y.shape().dim(0), y.shape().size() / y.shape().dim(0));
    }

    /// Of some examples of a dataset.
    ///
    /// @param indices of the examples in the whole
    /// @param all their vectors, one after the other
    static Embeddings of(Dataset part, int[] indices, double[] all, String layer) {
        int n = indices.length;
        int d = n == 0 ? 0 : all.length / n;
        var vectors = new double[n][];
        for (int i = 0; i < n; i++) {
            vectors[i] = Arrays.copyOfRange(all, i * d, (i + 1) * d);
        }
        return new Embeddings(IntStream.of(indices).mapToObj(Integer::toString).toList(), vectors,
                part.isClassification() ? part.classIndices() : none(n), part.classNames(), layer);
    }

    private static int[] none(int n) {
        var none = new int[n];
        Arrays.fill(none, -1);
        return none;
    }

    private static String head(Module model) {
        if (!(model instanceof Chain)) {
            throw new EmbedException("no last layer", "a network of several parts", "a layer's name",
                    "name one: --layer NAME; 'ijen inspect' shows them");
        }
        var first = Models.head(model).getFirst();
        return first.substring(0, first.length() - 2);
    }

    /// The table of vectors of a text model's symbols.
    static Embeddings table(Module model, Vocabulary vocabulary) {
        int n = vocabulary.size();
        for (var p : Module.parameters(model).entrySet()) {
            var shape = p.getValue().shape();
            if (shape.rank() == 2 && shape.dim(0) >= n) {
                var all = p.getValue().read().toFloatArray();
                int d = shape.dim(1);
                return new Embeddings(vocabulary.symbols(), rows(all, n, d), none(n), List.of(), p.getKey());
            }
        }
        throw new EmbedException("no table", "weights " + Module.parameters(model).keySet(),
                "a row for each of " + n + " symbols", "leave out --table");
    }

    static double[][] rows(float[] all, int n, int d) {
        var x = new double[n][d];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < d; k++) {
                x[i][k] = all[i * d + k];
            }
        }
        return x;
    }
}
