package dev.ijen.nn;

import dev.ijen.engine.Composite;
import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// A gated recurrent unit (Cho et al., arXiv:1406.1078), see [RecurrentCell#GRU]: x [N, T, in] → every step, [N, T, D·H], or the last state,
/// [N, D·H], as `spec` says. Parameters have PyTorch's names, layout and first values.
///
/// @param spec sizes
/// @param weights of each layer's directions, layer after layer
/// @param engine whose generator draws dropout masks
public record GRU(RecurrentSpec spec, List<RecurrentWeights> weights, Engine engine) implements Module, Composite {
    /// One layer in one direction.
    public static GRU of(Engine engine, int in, int hidden) {
        return of(engine, RecurrentSpec.of(in, hidden));
    }

    /// As described.
    public static GRU of(Engine engine, RecurrentSpec spec) {
        return new GRU(spec, RecurrentStack.create(engine, RecurrentCell.GRU, spec), engine);
    }

    private RecurrentStack stack() {
        return new RecurrentStack(RecurrentCell.GRU, spec, weights, engine);
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
