package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.Tensor;

/// The layers of each token in a transformer: x [.., C] → [.., C].
public sealed interface Mlp extends Module {
    /// `down(gelu(up(x)))`, with the tanh form of GELU, as in GPT-2.
    ///
    /// @param up C → hidden
    /// @param down hidden → C
    record Gelu(Linear up, Linear down) implements Mlp {
        /// With biases.
        public static Gelu of(Engine engine, int features, int hidden, Init init, Init last) {
            return new Gelu(Linear.of(engine, features, hidden, init, true),
                    Linear.of(engine, hidden, features, last, true));
        }

        @Override
        public Tensor apply(Tensor x) {
            return Probe.apply("down", down, Probe.apply("up", up, x).geluTanh());
        }
    }

    /// `down(f(up(x)))`.
    ///
    /// @param up C → hidden
    /// @param f between
    /// @param down hidden → C
    record Plain(Linear up, Activation f, Linear down) implements Mlp {
        @Override
        public Tensor apply(Tensor x) {
            return Probe.apply("down", down, f.apply(Probe.apply("up", up, x)));
        }
    }

    /// `down(silu(gate(x)) · up(x))` (Shazeer, arXiv:2002.05202), as in Llama.
    ///
    /// @param gate C → hidden
    /// @param up C → hidden
    /// @param down hidden → C
    record SwiGlu(Linear gate, Linear up, Linear down) implements Mlp {
        /// Without biases.
        public static SwiGlu of(Engine engine, int features, int hidden, Init init, Init last) {
            return new SwiGlu(Linear.of(engine, features, hidden, init, false),
                    Linear.of(engine, features, hidden, init, false),
                    Linear.of(engine, hidden, features, last, false));
        }

        @Override
        public Tensor apply(Tensor x) {
            return Probe.apply("down", down, Probe.apply("gate", gate, x).silu().mul(Probe.apply("up", up, x)));
        }
    }
}
