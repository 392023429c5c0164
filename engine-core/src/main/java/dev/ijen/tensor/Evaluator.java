package dev.ijen.tensor;

import java.util.List;

/// What turns expressions into values: an engine.
public interface Evaluator {
    /// The values of some expressions, computed by one program.
    List<HostTensor> evaluate(List<Tensor> tensors);

    /// Computes an expression and stores it in a cell.
    void assign(Cell cell, Tensor value);
}
