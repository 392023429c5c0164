package dev.ijen.data.series;

import dev.ijen.data.Batch;
import dev.ijen.data.Dataset;
import dev.ijen.data.ElementSpec;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.util.List;

/// Windows of several series: inputs F32 [length, variables], and as labels F32 [horizon] one of them, further on.
///
/// @param rows of all steps, one row of variables a step
/// @param length steps that are seen
/// @param horizon steps that are asked for
/// @param target variable that is asked for
public record SeriesWindows(float[][] rows, int length, int horizon, int target) implements Dataset {
    /// Checks that there is a window.
    public SeriesWindows {
        if (length < 1 || horizon < 1 || rows.length < length + horizon) {
            throw new IjenException("series: too short", rows.length + " steps",
                    "at least " + (length + horizon) + ": task.length and task.horizon", "give a longer series");
        }
    }

    @Override
    public int size() {
        return rows.length - length - horizon + 1;
    }

    @Override
    public Batch batch(int[] indices) {
        int n = indices.length;
        int variables = rows[0].length;
        var x = new float[n * length * variables];
        var y = new float[n * horizon];
        for (int i = 0; i < n; i++) {
            int from = java.util.Objects.checkIndex(indices[i], size());
            for (int t = 0; t < length; t++) {
                System.arraycopy(rows[from + t], 0, x, (i * length + t) * variables, variables);
            }
            for (int h = 0; h < horizon; h++) {
                y[i * horizon + h] = rows[from + length + h][target];
            }
        }
        return Batch.of(HostTensor.of(x, n, length, variables), HostTensor.of(y, n, horizon), indices.clone());
    }

    @Override
    public List<ElementSpec> inputs() {
        return List.of(new ElementSpec("steps", DType.F32, Shape.of(length, rows[0].length)));
    }

    @Override
    public ElementSpec label() {
        return new ElementSpec("future", DType.F32, Shape.of(horizon));
    }

    @Override
    public List<String> classNames() {
        return List.of();
    }
}
