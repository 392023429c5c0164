package dev.ijen.data;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.IjenException;
import java.util.List;
import java.util.stream.IntStream;

/// Examples by index. Implementations are immutable and may be read by several threads.
public interface Dataset {
    /// Number of examples.
    int size();

    /// Some examples, in the order asked for, in arrays of their own.
    ///
    /// @param indices from 0 to `size() - 1`; repetitions are allowed
    Batch batch(int[] indices);

    /// What the inputs of one example are.
    List<ElementSpec> inputs();

    /// What the label of one example is: I32 and scalar for a class index, F32 `[T]` for targets.
    ElementSpec label();

    /// The classes by index; empty for regression.
    List<String> classNames();

    /// What the first input is.
    default ElementSpec input() {
        return inputs().getFirst();
    }

    /// Whether labels are classes.
    default boolean isClassification() {
        return !classNames().isEmpty();
    }

    /// Number of classes, 0 for regression.
    default int classes() {
        return classNames().size();
    }

    /// The class of every example.
    default int[] classIndices() {
        if (!isClassification() || label().dtype() != DType.I32) {
            throw new IjenException(
                    "classes: the labels are no classes", label().toString(), "I32 class indices",
                    "use it for classification only");
        }
        var all = new int[size()];
        int chunk = 256;
        for (int from = 0; from < all.length; from += chunk) {
            int n = Math.min(chunk, all.length - from);
            int[] labels = batch(IntStream.range(from, from + n).toArray()).labels().toIntArray();
            System.arraycopy(labels, 0, all, from, n);
        }
        return all;
    }
}
