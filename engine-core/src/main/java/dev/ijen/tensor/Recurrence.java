package dev.ijen.tensor;

import java.util.ArrayList;
import java.util.List;

/// The sequential part of a recurrent layer in one direction, over all steps at once. What can be done for all steps together, the
/// projection of the input and the gradients of weights, is a product outside; [Recurrent] puts them together.
///
/// t steps, n sequences, h units, G gates of `cell`. `reverse` runs from the last step to the first; h(t − 1) is then the step after.
public sealed interface Recurrence extends Op {
    /// What a step computes.
    RecurrentCell cell();

    /// From the last step to the first.
    boolean reverse();

    /// Results of the forward pass.
    enum Result {
        /// The states h, [t, n, h].
        Y,
        /// The gates after their activation, [t, n, G·h].
        GATES,
        /// LSTM: c; GRU: W_hn h(t − 1) + bn; [t, n, h].
        MEMORY
    }

    /// xw [t, n, G·h], the input's part of every gate with its biases; w [G·h, h]; GRU: bn [h], the bias inside of gate n; h0 [n, h]; LSTM:
    /// c0 [n, h] → the results.
    record Forward(RecurrentCell cell, boolean reverse, Result result) implements Recurrence {
        @Override
        public List<Op> results() {
            var all = new ArrayList<Op>();
            for (var r : Result.values()) {
                if (r != Result.MEMORY || cell.remembers()) {
                    all.add(new Forward(cell, reverse, r));
                }
            }
            return all;
        }

        @Override
        public Shape shape(Tensor[] in) {
            RecurrenceShapes.forward(cell, in);
            return result == Result.GATES ? in[0].shape()
                    : in[0].shape().with(2, in[1].shape().dim(1));
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            var in = inputs(y);
            int steps = y.shape().dim(0);
            return switch (result) {
                case Y -> RecurrenceGradient.of(this, in, dy, null);
                case GATES -> UnrolledRecurrence.forward(this, in, dy);
                case MEMORY -> {
                    // nearly always only the last c is asked for, and then there is a kernel
                    var last = cell == RecurrentCell.LSTM ? onlyAt(dy, reverse ? 0 : steps - 1) : null;
                    yield last == null ? UnrolledRecurrence.forward(this, in, dy)
                            : RecurrenceGradient.of(this, in, y.zerosLike(), last);
                }
            };
        }

        @Override
        public String label() {
            return cell.label();
        }

        /// Step `step` of a tensor whose other steps are known to be 0, or null.
        private static Tensor onlyAt(Tensor d, int step) {
            if (d.shape().dim(0) == 1) {
                return d.dropAxis(0);
            }
            return d.op() instanceof Movement.Place p
                    && p.fill() == 0
                    && p.start().equals(List.of(step, 0, 0))
                    && d.input(0).shape().equals(d.shape().with(0, 1)) ? d.input(0).dropAxis(0) : null;
        }
    }

    /// Results of the gradient.
    enum GradientResult {
        /// Of xw, [t, n, G·h].
        XW,
        /// Of h0, [n, h].
        H0,
        /// LSTM: of c0, [n, h]; GRU: of W_hn h(t − 1) + bn, [t, n, h].
        MEMORY
    }

    /// w, h0, LSTM: c0, the forward results y, gates and memory, dy [t, n, h], LSTM: the gradient of the last c [n, h] → the gradients.
    record Backward(RecurrentCell cell, boolean reverse, GradientResult result) implements Recurrence {
        @Override
        public List<Op> results() {
            var all = new ArrayList<Op>();
            for (var r : GradientResult.values()) {
                if (r != GradientResult.MEMORY || cell.remembers()) {
                    all.add(new Backward(cell, reverse, r));
                }
            }
            return all;
        }

        @Override
        public Shape shape(Tensor[] in) {
            RecurrenceShapes.backward(cell, in);
            var y = in[cell == RecurrentCell.LSTM ? 3 : 2].shape();
            return switch (result) {
                case XW -> y.with(2, cell.gates() * y.dim(2));
                case H0 -> in[1].shape();
                case MEMORY -> cell == RecurrentCell.LSTM ? in[1].shape() : y;
            };
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return UnrolledRecurrence.backward(this, inputs(y), dy);
        }

        @Override
        public String label() {
            return cell.label() + "-gradient";
        }
    }

    private static Tensor[] inputs(Tensor y) {
        var in = new Tensor[y.arity()];
        for (int i = 0; i < in.length; i++) {
            in[i] = y.input(i);
        }
        return in;
    }
}
