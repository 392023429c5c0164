package dev.ijen.nn;

import dev.ijen.engine.Composite;
import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
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

    /// Begins with the forget gate open: its bias, b_ih + b_hh, is set to `bias` in every layer and direction, so that after T steps about
    /// σ(bias)ᵀ of a memory is left. PyTorch's first values, around 0, halve it in every step and leave nothing to learn from over some
    /// ten steps. Usual are 1 (Jozefowicz et al. 2015), and ln T for what is to be kept over T steps (Tallec and Ollivier,
    /// arXiv:1804.11188).
    ///
    /// @return this
    /// @throws IjenException without biases
    public LSTM withForgetBias(double bias) {
        if (!spec.bias()) {
            throw new IjenException("lstm: no forget bias", "a layer without biases", "a layer with biases",
                    "leave out withBias(false)");
        }
        int h = spec.hidden();
        for (var w : weights) {
            for (var b : List.of(w.biasIh(), w.biasHh())) {
                float[] values = b.read().toFloatArray();
                Arrays.fill(values, h, 2 * h, b == w.biasIh() ? (float) bias : 0);
                b.write(HostTensor.of(values, values.length));
            }
        }
        return this;
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
