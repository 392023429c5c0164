package dev.ijen.onnx;

import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import java.util.List;

/// What flows between nodes.
sealed interface Value {
    /// An argument a function is called without.
    Value MISSING = new Missing();

    /// See [#MISSING].
    record Missing() implements Value {}

    /// A tensor.
    final class Of implements Value {
        private final OnnxType type;
        private Tensor tensor;
        private HostTensor host;
        private final boolean known;

        /// @param tensor the expression, in the type's carrier
        /// @param host the values, if they are at hand
        /// @param known true if they follow from the model alone, so that shapes may depend on them
        Of(Tensor tensor, OnnxType type, HostTensor host, boolean known) {
            this.tensor = tensor;
            this.type = type;
            this.host = host;
            this.known = known;
        }

        Tensor tensor() {
            return tensor;
        }

        OnnxType type() {
            return type;
        }

        boolean known() {
            return known;
        }

        HostTensor host() {
            return host;
        }

        /// Keeps values that have been computed, so that nobody computes them again.
        void computed(HostTensor values, Tensor literal) {
            host = values;
            tensor = literal;
        }

        @Override
        public String toString() {
            return type + tensor.shape().toString();
        }
    }

    /// Values in order.
    record Seq(List<Value> items) implements Value {}

    /// A map from whole numbers or texts: key k has element k of the values, each [N].
    ///
    /// @param keys known, and different
    record Map(Of keys, Of values) implements Value {}

    /// A sequence of maps with the same keys: one map a row of values [N, C].
    ///
    /// @param keys [C]
    record Maps(Of keys, Of values) implements Value {}

    /// A value that may be missing.
    ///
    /// @param value null if it is
    record Opt(Value value) implements Value {}
}
