package dev.ijen.nn;

import dev.ijen.engine.Composite;
import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// A long short-term memory (Hochreiter and Schmidhuber 1997), see [RecurrentCell#LSTM]: x [N, T, in] → every step, [N, T, D·H], or the last
/// state, [N, D·H], as `spec` says. Parameters have PyTorch's names, layout and first values.
///
/// @param spec sizes
/// @param weights of each layer's directions, layer after layer
/// @param engine whose generator draws dropout masks
public record LSTM(RecurrentSpec spec, List<RecurrentWeights> weights, Engine engine) implements Module, Composite {
    /// One layer in one direction.
    public static LSTM of(Engine engine, int in, int hidden) {
        return of(engine, RecurrentSpec.of(in, hidden));
    }

    /// As described.
    public static LSTM of(Engine engine, RecurrentSpec spec) {
        return new LSTM(spec, RecurrentStack.create(engine, RecurrentCell.LSTM, spec), engine);
    }

    private RecurrentStack stack() {
        return new RecurrentStack(RecurrentCell.LSTM, spec, weights, engine);
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
        return run(x, null, null, null);
    }

    /// Steps and last states.
    ///
    /// @param h0 states before the first step, [L·D, N, H]; null for zeros
    /// @param c0 memories before the first step, [L·D, N, H]; null for zeros
    public RecurrentOutput run(Tensor x, Tensor h0, Tensor c0) {
        return run(x, h0, c0, null);
    }

    /// Steps and last states of sequences of different lengths: y is 0 beyond them.
    ///
    /// @param h0 states before the first step, [L·D, N, H]; null for zeros
    /// @param c0 memories before the first step, [L·D, N, H]; null for zeros
    /// @param lengths whole numbers from 0 to T, [N]; null if all sequences have T steps
    public RecurrentOutput run(Tensor x, Tensor h0, Tensor c0, Tensor lengths) {
        return stack().run(x, h0, c0, lengths);
    }
}
