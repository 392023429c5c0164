package dev.ijen.nn;

import dev.ijen.tensor.Tensor;

/// What a recurrent layer gives. L layers, D directions.
///
/// @param y states of the top layer, [N, T, D·H]; the directions beside each other
/// @param h last states, [L·D, N, H]: layer after layer, in each forward, then backward
/// @param c last memories of an LSTM, [L·D, N, H]; null for other cells
public record RecurrentOutput(Tensor y, Tensor h, Tensor c) {
    /// The last states of the top layer, directions beside each other, [N, D·H].
    Tensor last(int directions) {
        int n = h.shape().dim(0);
        return directions == 1 ? h.select(0, n - 1) : Tensor.concat(1, h.select(0, n - 2), h.select(0, n - 1));
    }
}
