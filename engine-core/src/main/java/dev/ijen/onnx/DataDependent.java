package dev.ijen.onnx;

import dev.ijen.tensor.IjenException;
import java.util.Set;

/// While a graph is built for inputs whose values are not yet known, a node asks for the values of one: a shape, a number of
/// repetitions, a branch.
final class DataDependent extends IjenException {
    private static final long serialVersionUID = 1L;

    private final transient Set<Integer> slots;

    DataDependent(String node, Set<Integer> slots) {
        super(
                "onnx: " + node + " needs values to know its shape",
                "an expression of the arguments " + slots,
                "values that follow from the model and from shapes",
                "run the model with OnnxModel.run, which computes such values between parts of the graph");
        this.slots = slots;
    }

    /// The arguments it depends on.
    Set<Integer> slots() {
        return slots;
    }
}
