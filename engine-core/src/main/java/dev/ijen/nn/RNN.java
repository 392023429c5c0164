package dev.ijen.nn;

import dev.ijen.engine.Composite;
import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// A simple recurrent network (Elman 1990), with tanh or a rectifier: x [N, T, in] → every step, [N, T, D·H], or the last state, [N, D·H], as
/// `spec` says. Parameters have PyTorch's names, layout and first values.
///
/// @param cell [RecurrentCell#RNN_TANH] or [RecurrentCell#RNN_RELU]
/// @param spec sizes
/// @param weights of each layer's directions, layer after layer
/// @param engine whose generator draws dropout masks
public record RNN(RecurrentCell cell, RecurrentSpec spec, List<RecurrentWeights> weights, Engine engine)
        implements Module, Composite {
    /// Checks the cell.
    public RNN {
        if (cell != RecurrentCell.RNN_TANH && cell != RecurrentCell.RNN_RELU) {
            throw new IjenException("rnn: cell", cell.label(), "rnn-tanh or rnn-relu", "use LSTM or GRU for these");
        }
    }

    /// One layer in one direction, with tanh.
    public static RNN of(Engine engine, int in, int hidden) {
        return of(engine, RecurrentCell.RNN_TANH, RecurrentSpec.of(in, hidden));
    }

    /// As described.
    public static RNN of(Engine engine, RecurrentCell cell, RecurrentSpec spec) {
        return new RNN(cell, spec, RecurrentStack.create(engine, cell, spec), engine);
    }

    private RecurrentStack stack() {
        return new RecurrentStack(cell, spec, weights, engine);
    }

    @Override
    public Map<String, Parameter> parts() {
        return RecurrentStack.parts(spec, weights);
    }

    @Override
    public Tensor apply(Tensor x) {
        return stack().apply(x);
    }

    /// Steps and last states, beginning with zeros.
    public RecurrentOutput run(Tensor x) {
        return run(x, null, null);
    }

    /// Steps and last states.
    ///
    /// @param h0 states before the first step, [L·D, N, H]; null for zeros
    public RecurrentOutput run(Tensor x, Tensor h0) {
        return run(x, h0, null);
    }

    /// Steps and last states of sequences of different lengths: y is 0 beyond them.
    ///
    /// @param h0 states before the first step, [L·D, N, H]; null for zeros
    /// @param lengths whole numbers from 0 to T, [N]; null if all sequences have T steps
    public RecurrentOutput run(Tensor x, Tensor h0, Tensor lengths) {
        return stack().run(x, h0, null, lengths);
    }
}
