package dev.ijen.engine;

import dev.ijen.tensor.IjenException;
import java.util.List;
import java.util.function.ToLongFunction;

/// Looks for a batch that fits into memory, by compiling for smaller ones.
final class BatchSearch {
    private BatchSearch() {}

    /// The first extent of the first argument; 0 if it has none.
    static int batch(List<InputSpec> specs) {
        return specs.isEmpty() || specs.getFirst().shape().rank() == 0 ? 0 : specs.getFirst().shape().dim(0);
    }

    private static List<InputSpec> with(List<InputSpec> specs, int n) {
        int of = batch(specs);
        return specs.stream()
                .map(s -> s.shape().rank() > 0 && s.shape().dim(0) == of
                        ? new InputSpec(s.dtype(), s.shape().without(0).insert(0, n))
                        : s)
                .toList();
    }

    /// The greatest batch up to the one given that needs at most so many bytes; 0 for none, and where the function has only the
    /// shapes it was made for.
    static int largest(List<InputSpec> specs, long bytes, ToLongFunction<List<InputSpec>> need) {
        int low = 0;
        int high = batch(specs);
        try {
            if (high > 0 && need.applyAsLong(with(specs, high)) <= bytes) {
                return high;
            }
            while (high - low > 1) {
                int n = (low + high) >>> 1;
                if (need.applyAsLong(with(specs, n)) <= bytes) {
                    low = n;
                } else {
                    high = n;
                }
            }
        } catch (IjenException e) {
            return 0; // it cannot be traced for other shapes
        }
        return low;
    }
}
