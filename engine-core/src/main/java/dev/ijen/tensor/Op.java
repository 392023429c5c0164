package dev.ijen.tensor;

import java.util.List;

/// What a tensor does to its inputs: data only. The hierarchy is sealed and has no default case anywhere, so that a new
/// operation fails to compile wherever it is missing. Each record holds its shape rule and its gradient.
public sealed interface Op
        permits Leaf, Elementwise, Movement, Reduction, Contraction, Windowed, Rowwise, Attention, Indexing, Recurrence,
        Control {
    /// The result's shape; checks the inputs.
    ///
    /// @throws ShapeException if they do not fit
    Shape shape(Tensor[] in);

    /// The result's element type; checks the inputs.
    default DType dtype(Tensor[] in) {
        return in[0].dtype();
    }

    /// The vector-Jacobian product: for a result `y` of this operation and the gradient `dy` of some scalar with respect to it,
    /// the gradients with respect to the inputs, written in tensor operations; null stands for zero.
    Tensor[] vjp(Tensor y, Tensor dy);

    /// All results of the kernel that computes this one, in the order of the kernel's outputs. A node has one result; an operation with
    /// several is a record for each, and nodes of one such list with the same inputs share a launch. Results that a program does not use
    /// get memory during the launch alone.
    default List<Op> results() {
        return List.of(this);
    }

    /// The name users know the operation by.
    String label();

    /// No gradient for any input.
    static Tensor[] none(Tensor y) {
        return new Tensor[y.arity()];
    }
}
