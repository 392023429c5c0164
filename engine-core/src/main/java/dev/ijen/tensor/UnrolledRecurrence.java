package dev.ijen.tensor;

import dev.ijen.tensor.Recurrence.Backward;
import dev.ijen.tensor.Recurrence.Forward;
import java.util.Arrays;
import java.util.List;

/// A recurrence and its gradient step by step in elementary operations, for the derivatives that have no kernel: second ones, and those of
/// gates and of c at other steps than the last. A step is some twenty nodes.
final class UnrolledRecurrence {
    private final RecurrentCell cell;
    private final boolean reverse;
    private final int steps;
    private final Tensor w;

    private UnrolledRecurrence(Recurrence op, int steps, Tensor w) {
        cell = op.cell();
        reverse = op.reverse();
        this.steps = steps;
        this.w = w;
    }

    /// Gradients of the inputs of a forward result.
    static Tensor[] forward(Forward op, Tensor[] in, Tensor dy) {
        var x = apart(in);
        var u = new UnrolledRecurrence(op, in[0].shape().dim(0), x[1]);
        var y = u.run(x)[op.results().indexOf(op)];
        return Gradient.of(y, dy, List.of(x)).toArray(Tensor[]::new);
    }

    /// Gradients of the inputs of a gradient.
    static Tensor[] backward(Backward op, Tensor[] in, Tensor dy) {
        var x = apart(in);
        var u = new UnrolledRecurrence(op, in[op.cell() == RecurrentCell.LSTM ? 3 : 2].shape().dim(0), x[0]);
        var y = u.gradient(x)[op.results().indexOf(op)];
        return Gradient.of(y, dy, List.of(x)).toArray(Tensor[]::new);
    }

    /// Equal tensors that end differentiation: one input may have been computed from another, which is not this operation's business.
    /// Simplification drops them.
    private static Tensor[] apart(Tensor[] in) {
        return Arrays.stream(in).map(t -> Tensor.of(new Movement.Reshape(t.shape()), t)).toArray(Tensor[]::new);
    }

    /// y, gates, memory.
    private Tensor[] run(Tensor[] in) {
        boolean gru = cell == RecurrentCell.GRU;
        var h = in[gru ? 3 : 2];
        var c = cell == RecurrentCell.LSTM ? in[3] : null;
        var ys = new Tensor[steps];
        var gates = new Tensor[steps];
        var memory = new Tensor[steps];
        for (int k = 0; k < steps; k++) {
            int s = step(k);
            var xw = in[0].select(0, s);
            var hw = Contraction.MatMul.of(h, false, w, true);
            switch (cell) {
                case RNN_TANH, RNN_RELU -> {
                    var a = xw.add(hw);
                    h = cell == RecurrentCell.RNN_TANH ? a.tanh() : a.relu();
                    gates[s] = h;
                }
                case LSTM -> {
                    var a = xw.add(hw).split(1, 4);
                    var i = a[0].sigmoid();
                    var f = a[1].sigmoid();
                    var g = a[2].tanh();
                    var o = a[3].sigmoid();
                    c = f.mul(c).add(i.mul(g));
                    h = o.mul(c.tanh());
                    gates[s] = Tensor.concat(1, i, f, g, o);
                    memory[s] = c;
                }
                case GRU -> {
                    var a = xw.split(1, 3);
                    var b = hw.split(1, 3);
                    var r = a[0].add(b[0]).sigmoid();
                    var z = a[1].add(b[1]).sigmoid();
                    memory[s] = b[2].add(in[2]);
                    var n = a[2].add(r.mul(memory[s])).tanh();
                    h = n.sub(z.mul(n)).add(z.mul(h));
                    gates[s] = Tensor.concat(1, r, z, n);
                }
            }
            ys[s] = h;
        }
        return new Tensor[] {
            Tensor.stack(0, ys), Tensor.stack(0, gates), cell.remembers() ? Tensor.stack(0, memory) : null
        };
    }

    /// dxw, dh0, and dc0 or dhn.
    private Tensor[] gradient(Tensor[] in) {
        boolean lstm = cell == RecurrentCell.LSTM;
        int at = lstm ? 3 : 2;
        var y = in[at];
        var gates = in[at + 1];
        var memory = in[at + 2];
        var dy = in[at + (cell.remembers() ? 3 : 2)];
        var dh = in[1].zerosLike();
        var dc = lstm ? in[at + 4] : null;
        var dxw = new Tensor[steps];
        var dhn = new Tensor[steps];
        for (int k = steps - 1; k >= 0; k--) {
            int s = step(k);
            dh = dh.add(dy.select(0, s));
            var g = gates.select(0, s).split(1, cell.gates());
            switch (cell) {
                case RNN_TANH -> dxw[s] = dh.mul(rest(g[0].square()));
                case RNN_RELU -> dxw[s] = g[0].gt(0).where(dh, dh.zerosLike());
                case LSTM -> {
                    var before = k == 0 ? in[2] : memory.select(0, step(k - 1));
                    var tanh = memory.select(0, s).tanh();
                    dc = dc.add(dh.mul(g[3]).mul(rest(tanh.square())));
                    dxw[s] = Tensor.concat(
                            1,
                            dc.mul(g[2]).mul(slope(g[0])),
                            dc.mul(before).mul(slope(g[1])),
                            dc.mul(g[0]).mul(rest(g[2].square())),
                            dh.mul(tanh).mul(slope(g[3])));
                    dc = dc.mul(g[1]);
                }
                case GRU -> {
                    var before = k == 0 ? in[1] : y.select(0, step(k - 1));
                    var dn = dh.mul(rest(g[1])).mul(rest(g[2].square()));
                    dhn[s] = dn.mul(g[0]);
                    var dr = dn.mul(memory.select(0, s)).mul(slope(g[0]));
                    var dz = dh.mul(before.sub(g[2])).mul(slope(g[1]));
                    dxw[s] = Tensor.concat(1, dr, dz, dn);
                }
            }
            boolean gru = cell == RecurrentCell.GRU;
            var products = gru ? Tensor.concat(1, dxw[s].slice(1, 0, 2 * dh.shape().dim(1)), dhn[s]) : dxw[s];
            var back = Contraction.MatMul.of(products, false, w, false);
            dh = gru ? dh.mul(g[1]).add(back) : back;
        }
        return new Tensor[] {
            Tensor.stack(0, dxw), dh, lstm ? dc : cell.remembers() ? Tensor.stack(0, dhn) : null
        };
    }

    private int step(int k) {
        return reverse ? steps - 1 - k : k;
    }

    /// 1 − x.
    private static Tensor rest(Tensor x) {
        return x.neg().add(1);
    }

    /// The sigmoid's derivative where its value is `s`.
    private static Tensor slope(Tensor s) {
        return s.mul(rest(s));
    }
}
