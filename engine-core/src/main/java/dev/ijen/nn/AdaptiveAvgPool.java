package dev.ijen.nn;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.List;

/// Means over windows that cover each spatial axis, however long, in a fixed number of steps: x [N, C, spatial..] → [N,
/// C, outputs..]. Window i of an axis of extent n goes from ⌊i · n / outputs⌋ to ⌈(i + 1) · n / outputs⌉.
///
/// @param outputs output extents, one for each spatial axis
public record AdaptiveAvgPool(List<Integer> outputs) implements Module {
    /// Checks the extents.
    public AdaptiveAvgPool {
        if (outputs.isEmpty() || outputs.stream().anyMatch(o -> o < 1)) {
            throw new IjenException("adaptive average pool: outputs", outputs.toString(), "extents of at least 1",
                    "give one for each axis");
        }
        outputs = List.copyOf(outputs);
    }

    /// These output extents, one for each spatial axis.
    public static AdaptiveAvgPool of(int... outputs) {
        return new AdaptiveAvgPool(java.util.Arrays.stream(outputs).boxed().toList());
    }

    @Override
    public Tensor apply(Tensor x) {
        if (x.shape().rank() != outputs.size() + 2) {
            throw new ShapeException(
                    "adaptive average pool", "x" + x.shape(),
                    "x[N, C, spatial..] with " + outputs.size() + " spatial axes", "match the outputs");
        }
        var y = x;
        for (int i = 0; i < outputs.size(); i++) {
            y = pool(y, i + 2, outputs.get(i));
        }
        return y;
    }

    private static Tensor pool(Tensor x, int axis, int count) {
        int n = x.shape().dim(axis);
        if (n == count) {
            return x;
        }
        if (n % count == 0) {
            var split = x.shape().with(axis, count).insert(axis + 1, n / count);
            return x.reshape(split).mean(axis + 1);
        }
        // windows of different length: a product with the matrix of their weights
        var w = new float[n * count];
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) i * n / count);
            int to = (int) (((long) (i + 1) * n + count - 1) / count);
            for (int k = from; k < to; k++) {
                w[k * count + i] = 1f / (to - from);
            }
        }
        var weights = Tensor.of(HostTensor.of(w, n, count)).cast(x.dtype());
        return x.swapAxes(axis, -1).matmul(weights).swapAxes(axis, -1);
    }
}
