package dev.ijen.engine;

import dev.ijen.tensor.HostTensor;

/// The results of a step's latest run. Reading waits for the device: read a loss when you log it, not every step.
///
/// @see Step#run
public interface Outputs {
    /// Number of results.
    int size();

    /// The only element of the first result.
    default double item() {
        return item(0);
    }

    /// The only element of result `i`.
    default double item(int i) {
        return get(i).item();
    }

    /// Result `i`, copied to the host.
    ///
    /// @throws dev.ijen.tensor.IjenException if the step has run again since
    HostTensor get(int i);

    /// Result `i` as floats.
    default float[] toFloatArray(int i) {
        return get(i).toFloatArray();
    }
}
