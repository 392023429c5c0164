package dev.ijen.tensor;

/// Operations that change nothing but how a program is compiled.
public sealed interface Control extends Op {
    @Override
    default Shape shape(Tensor[] in) {
        return in[0].shape();
    }

    @Override
    default Tensor[] vjp(Tensor y, Tensor dy) {
        return new Tensor[] {dy, null};
    }

    /// (x, after) → x, computed only when `after` has been. The token keeps a recomputation from being taken for its original.
    record Barrier(int token) implements Control {
        @Override
        public String label() {
            return "barrier";
        }
    }

    /// (body, x) → body: for the gradient, what lies between x and body is computed again instead of kept.
    record Checkpoint() implements Control {
        @Override
        public String label() {
            return "checkpoint";
        }
    }

    /// x, with no gradient.
    record Detach() implements Control {
        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            return Op.none(y);
        }

        @Override
        public String label() {
            return "detach";
        }
    }
}
