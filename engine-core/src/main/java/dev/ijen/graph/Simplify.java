package dev.ijen.graph;

import dev.ijen.tensor.Op;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/// One sweep from the leaves: each tensor is rewritten until no rule applies, then joined with an equal one if there is one
/// (common subexpressions). Equal means the same operation on the same, already canonical, inputs.
final class Simplify {
    /// An operation on certain tensors.
    record Key(Op op, Tensor[] in, int hash) {
        /// `op` on the inputs of `t`.
        static Key of(Op op, Tensor t) {
            var in = new Tensor[t.arity()];
            int h = op.hashCode();
            for (int i = 0; i < in.length; i++) {
                in[i] = t.input(i);
                h = 31 * h + System.identityHashCode(in[i]);
            }
            return new Key(op, in, h);
        }

        @Override
        public boolean equals(Object o) {
            if (!(o instanceof Key k) || k.hash != hash || k.in.length != in.length || !k.op.equals(op)) {
                return false;
            }
            for (int i = 0; i < in.length; i++) {
                if (in[i] != k.in[i]) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    private final Map<Key, Tensor> canonical = new HashMap<>();
    private final Map<Tensor, Tensor> to = new IdentityHashMap<>();
    private final Rules rules = new Rules(this);

    static Program run(Program p) {
        var s = new Simplify();
        for (var t : p.tensors()) {
            s.to.put(t, s.visit(t));
        }
        // rewriting orphans what it replaced: only what the roots still reach goes on
        return p.map(s.to::get);
    }

    private Tensor visit(Tensor t) {
        var in = new Tensor[t.arity()];
        for (int i = 0; i < in.length; i++) {
            in[i] = to.get(t.input(i));
        }
        return Where.of(t, () -> settle(same(t, in) ? t : t.on(in)));
    }

    /// The canonical tensor for one with canonical inputs.
    Tensor settle(Tensor t) {
        var key = Key.of(t.op(), t);
        var known = canonical.get(key);
        if (known != null) {
            return known;
        }
        var r = rules.rewrite(t);
        if (r != t) {
            r = settle(r);
        }
        canonical.put(key, r);
        return r;
    }

    /// An operation on canonical tensors, canonical itself.
    Tensor make(Op op, Tensor... in) {
        return settle(Tensor.of(op, in));
    }

    private static boolean same(Tensor t, Tensor[] in) {
        for (int i = 0; i < in.length; i++) {
            if (in[i] != t.input(i)) {
                return false;
            }
        }
        return true;
    }
}
