package dev.ijen.data;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.ShapeException;
import java.util.List;

/// Several examples: the first axis of every tensor counts them.
///
/// @param inputs one tensor an input, `[N, …]`
/// @param labels I32 `[N]` (class index), F32 `[N, T]` (targets) or F32 `[N, classes]` (soft classes, after mixing)
/// @param indices which examples of the dataset these are, N of them
public record Batch(List<HostTensor> inputs, HostTensor labels, int[] indices) {
    /// Checks that all hold equally many examples.
    public Batch {
        inputs = List.copyOf(inputs);
        for (var t : inputs) {
            check(t, indices.length);
        }
        check(labels, indices.length);
    }

    private static void check(HostTensor t, int n) {
        if (t.shape().rank() == 0 || t.shape().dim(0) != n) {
            throw new ShapeException("batch", t.dtype() + t.shape().toString(), "[N, …] with N = " + n,
                    "check the dataset");
        }
    }

    /// A batch with one input.
    public static Batch of(HostTensor input, HostTensor labels, int[] indices) {
        return new Batch(List.of(input), labels, indices);
    }

    /// Number of examples.
    public int size() {
        return indices.length;
    }

    /// The first (usually the only) input.
    public HostTensor input() {
        return inputs.getFirst();
    }

    /// The same examples with another first input.
    public Batch withInput(HostTensor input) {
        var all = new java.util.ArrayList<>(inputs);
        all.set(0, input);
        return new Batch(all, labels, indices);
    }
}
