package example;

import dev.ijen.tensor.Tensor;

/// Stands for a user's program: expressions built outside the engine's packages remember their line.
public final class UserCode {
    private UserCode() {}

    /// Rows of a table.
    public static Tensor choose(Tensor table, Tensor index) {
        return table.take(0, index);
    }

    /// Elements of each row.
    public static Tensor gather(Tensor x, Tensor index) {
        return x.gather(1, index);
    }

    /// Sums by place.
    public static Tensor scatterAdd(Tensor x, Tensor index, Tensor source) {
        return x.scatterAdd(0, index, source);
    }

    /// Elements put in place.
    public static Tensor scatter(Tensor x, Tensor index, Tensor source) {
        return x.scatter(0, index, source);
    }

    /// A loss.
    public static Tensor loss(Tensor logits, Tensor labels) {
        return logits.crossEntropy(labels);
    }
}
