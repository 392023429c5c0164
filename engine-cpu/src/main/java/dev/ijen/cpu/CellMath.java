package dev.ijen.cpu;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;

/// What a step of a recurrent cell does beside its products, for neighbouring units of one sequence: whole strips ([Micro#strip]) of them.
/// Addresses are of the first unit; gates are `stride` bytes apart.
interface CellMath {
    /// From the gates' sums to the state after the step.
    ///
    /// @param gates sums before their activation (gate n of a GRU: nothing yet); become the gates
    /// @param xn GRU: the input's part of gate n
    /// @param old LSTM: c before the step; GRU: h before the step
    /// @param memory LSTM: c after the step, written; GRU: W_hn h + bn
    /// @param y h after the step, written
    void forward(long gates, long stride, long xn, long old, long memory, long y, int n);

    /// From the gradient of the state after the step to those of the gates' sums.
    ///
    /// @param gates after their activation
    /// @param old as in [#forward]
    /// @param memory as in [#forward]
    /// @param dy gradient of y from outside
    /// @param dh gradient of y from the step after; GRU: becomes what of it passes by the gates
    /// @param dm LSTM: gradient of c, becomes that of `old`; GRU: gradient of `memory`, written
    /// @param dx gradients of the gates' sums, written
    void backward(long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx, int n);

    /// [#forward] for some rows of the same units. Rows of gates are one after the other, and so are those of states, which are as long as a gate.
    default void forward(int rows, int all, long gates, long stride, long xn, long old, long memory, long y, int n) {
        for (int r = 0; r < rows; r++) {
            forward(gates + (long) r * all * stride, stride, xn + (long) r * all * stride, old + r * stride,
                    memory + r * stride,
                    y + r * stride, n);
        }
    }

    /// [#backward] for some rows of the same units.
    default void backward(
            int rows, int all, long gates, long stride, long old, long memory, long dy, long dh, long dm, long dx,
            int n) {
        for (int r = 0; r < rows; r++) {
            backward(gates + (long) r * all * stride, stride, old + r * stride, memory + r * stride, dy + r * stride,
                    dh + r * stride, dm + r * stride, dx + (long) r * all * stride, n);
        }
    }

    /// How a cell of a type is computed.
    ///
    /// @param code what machine code is written for; null for none
    static CellMath of(Kernel.CellKind cell, DType type, Target code) {
        boolean single = type == DType.F32;
        var plain = switch (cell) {
            case RNN_TANH -> single ? new F32Rnn(true) : new F64Rnn(true);
            case RNN_RELU -> single ? new F32Rnn(false) : new F64Rnn(false);
            case LSTM -> single ? new F32Lstm() : new F64Lstm();
            case GRU -> single ? new F32Gru() : new F64Gru();
        };
        return single && code != null ? F32CellCode.of(cell, plain, code) : plain;
    }

    /// Gates of a cell.
    static int gates(Kernel.CellKind cell) {
        return switch (cell) {
            case RNN_TANH, RNN_RELU -> 1;
            case LSTM -> 4;
            case GRU -> 3;
        };
    }
}
