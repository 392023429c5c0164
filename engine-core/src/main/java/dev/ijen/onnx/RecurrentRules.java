package dev.ijen.onnx;

import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Recurrent;
import dev.ijen.tensor.RecurrentCell;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// RNN, LSTM and GRU: the inputs' part of all gates is one product, then one step a time. x [T, B, I], W [D, G·H, I], R [D, G·H, H],
/// b [D, 2·G·H] → Y [T, D, B, H], Y_h [D, B, H] (and Y_c).
final class RecurrentRules {
    private RecurrentRules() {}

    static void add(Ops o) {
        o.values("RNN", c -> run(c, new Kind(1, List.of("Tanh"), false)));
        o.values("GRU", c -> run(c, new Kind(3, List.of("Sigmoid", "Tanh"), false)));
        o.values("LSTM", c -> run(c, new Kind(4, List.of("Sigmoid", "Tanh", "Tanh"), true)));
    }

    private record Kind(int gates, List<String> activations, boolean cell) {}

    /// Weights of one direction; `bias` is added to the inputs' part, `hidden` is the bias of the last gate's hidden part, or null.
    private record Weights(Tensor r, Tensor peephole, Tensor hidden, List<RnnActivation> f, boolean linearBeforeReset,
            boolean inputForget, float clip, int h) {}

    /// State of one direction.
    private record State(Tensor h, Tensor c) {}

    /// True if a layer is one the engine has a kernel for.
    private static boolean plain(Call c, Kind kind) {
        boolean usual = !c.has(4) && !c.has(7) && c.f("clip", 0) == 0 && !c.flag("input_forget")
                && c.x(0).dtype().isFloat()
                && c.x(0).shape().dim(0) > 0 && c.x(0).shape().dim(1) > 0
                && (kind.gates != 3 || c.flag("linear_before_reset"));
        return usual && RnnActivation.list(c, kind.activations, c.x(1).shape().dim(0)).stream()
                .map(RnnActivation::name)
                .allMatch(f -> kind.gates == 1 ? f.equals("tanh") || f.equals("relu")
                        : f.equals("tanh") || f.equals("sigmoid"))
                && (kind.gates == 1 || !c.given("activations") || same(c.strings("activations"), kind.activations));
    }

    private static boolean same(List<String> given, List<String> usual) {
        for (int i = 0; i < given.size(); i++) {
            if (!given.get(i).equalsIgnoreCase(usual.get(i % usual.size()))) {
                return false;
            }
        }
        return true;
    }

    /// With the engine's cells, whose gates are in another order.
    private static List<Value> cells(Call c, Kind kind) {
        boolean batchFirst = c.flag("layout");
        var x = batchFirst ? c.x(0).swapAxes(0, 1) : c.x(0);
        int batch = x.shape().dim(1);
        int h = c.x(2).shape().dim(-1);
        int directions = c.x(1).shape().dim(0);
        boolean reverse = c.s("direction", "forward").equals("reverse");
        var f = RnnActivation.list(c, kind.activations, directions);
        int[] order = kind.gates == 4 ? new int[] {0, 2, 3, 1} : kind.gates == 3 ? new int[] {1, 0, 2} : new int[] {0};
        var ys = new Tensor[directions];
        var hs = new Tensor[directions];
        var cs = new Tensor[directions];
        for (int d = 0; d < directions; d++) {
            var cell = kind.gates == 4 ? RecurrentCell.LSTM : kind.gates == 3 ? RecurrentCell.GRU
                    : f.get(d).name().equals("tanh") ? RecurrentCell.RNN_TANH : RecurrentCell.RNN_RELU;
            int n = kind.gates * h;
            var b = c.has(3) ? c.x(3).select(0, d) : null;
            var w = new Recurrent.Weights(gates(c.x(1).select(0, d), order, h), gates(c.x(2).select(0, d), order, h),
                    b == null ? null : gates(b.slice(0, 0, n), order, h),
                    b == null ? null : gates(b.slice(0, n, n), order, h));
            var h0 = c.has(5) ? initial(c, 5, d, batch, h, batchFirst, x.dtype()) : null;
            var c0 = kind.cell && c.has(6) ? initial(c, 6, d, batch, h, batchFirst, x.dtype()) : null;
            var r = Recurrent.of(cell, x, w, h0, c0, reverse || d == 1);
            ys[d] = batchFirst ? r.y().swapAxes(0, 1) : r.y();
            hs[d] = r.h();
            cs[d] = r.c();
        }
        var out = new ArrayList<Value>();
        out.add(c.like(0, Tensor.stack(batchFirst ? 2 : 1, ys)));
        out.add(c.like(0, Tensor.stack(batchFirst ? 1 : 0, hs)));
        if (kind.cell) {
            out.add(c.like(0, Tensor.stack(batchFirst ? 1 : 0, cs)));
        }
        return out;
    }

    private static Tensor gates(Tensor t, int[] order, int h) {
        var parts = new Tensor[order.length];
        for (int i = 0; i < order.length; i++) {
            parts[i] = t.slice(0, order[i] * h, h);
        }
        return Tensor.concat(0, parts);
    }

    private static List<Value> run(Call c, Kind kind) {
        if (plain(c, kind)) {
            return cells(c, kind);
        }
        boolean batchFirst = c.flag("layout");
        var x = batchFirst ? c.x(0).swapAxes(0, 1) : c.x(0);
        int steps = x.shape().dim(0);
        int batch = x.shape().dim(1);
        int h = c.x(2).shape().dim(-1);
        int directions = c.x(1).shape().dim(0);
        var direction = c.s("direction", "forward");
        var lengths = c.has(4) ? c.x(4).cast(DType.I32).reshape(batch, 1) : null;
        var f = RnnActivation.list(c, kind.activations, directions);
        var ys = new ArrayList<Tensor>();
        var hs = new ArrayList<Tensor>();
        var cs = new ArrayList<Tensor>();
        for (int d = 0; d < directions; d++) {
            boolean reverse = direction.equals("reverse") || d == 1;
            var w = weights(c, kind, d, h, f.subList(d * kind.activations.size(), (d + 1) * kind.activations.size()));
            var in = Contraction.MatMul.of(x.reshape(steps * batch, -1), false, c.x(1).select(0, d), true);
            var bias = bias(c, kind, d, h, w);
            in = (bias == null ? in : in.add(bias)).reshape(steps, batch, kind.gates * h);
            var s = new State(initial(c, 5, d, batch, h, batchFirst, x.dtype()),
                    kind.cell ? initial(c, 6, d, batch, h, batchFirst, x.dtype()) : null);
            var y = new Tensor[steps];
            for (int i = 0; i < steps; i++) {
                int t = reverse ? steps - 1 - i : i;
                var next = step(kind, w, in.select(0, t), s);
                if (lengths != null) {
                    var on = lengths.gt(t);
                    y[t] = on.where(next.h, next.h.zerosLike());
                    next = new State(on.where(next.h, s.h), next.c == null ? null : on.where(next.c, s.c));
                } else {
                    y[t] = next.h;
                }
                s = next;
            }
            ys.add(steps == 0 ? Tensor.full(x.dtype(), 0, Shape.of(0, batch, h)) : Tensor.stack(0, y));
            hs.add(s.h);
            cs.add(s.c);
        }
        var out = new ArrayList<Value>();
        out.add(c.like(0, Tensor.stack(batchFirst ? 2 : 1,
                ys.stream().map(y -> batchFirst ? y.swapAxes(0, 1) : y).toArray(Tensor[]::new))));
        out.add(c.like(0, Tensor.stack(batchFirst ? 1 : 0, hs.toArray(Tensor[]::new))));
        if (kind.cell) {
            out.add(c.like(0, Tensor.stack(batchFirst ? 1 : 0, cs.toArray(Tensor[]::new))));
        }
        return out;
    }

    private static Tensor initial(Call c, int i, int d, int batch, int h, boolean batchFirst, DType type) {
        return c.has(i) ? c.x(i).select(batchFirst ? 1 : 0, d) : Tensor.full(type, 0, Shape.of(batch, h));
    }

    private static Weights weights(Call c, Kind kind, int d, int h, List<RnnActivation> f) {
        boolean before = c.flag("linear_before_reset");
        Tensor hidden = null;
        if (kind.gates == 3 && before && c.has(3)) {
            hidden = c.x(3).select(0, d).slice(0, 5 * h, h);
        }
        return new Weights(c.x(2).select(0, d), kind.cell && c.has(7) ? c.x(7).select(0, d) : null, hidden, f, before,
                c.flag("input_forget"), c.f("clip", 0), h);
    }

    /// Both biases in one, but for the hidden part that is multiplied by the reset gate.
    private static Tensor bias(Call c, Kind kind, int d, int h, Weights w) {
        if (!c.has(3)) {
            return null;
        }
        int n = kind.gates * h;
        var b = c.x(3).select(0, d);
        var hidden = b.slice(0, n, n);
        if (w.hidden != null) {
            hidden = Tensor.concat(0, hidden.slice(0, 0, 2 * h), hidden.slice(0, 0, h).zerosLike());
        }
        return b.slice(0, 0, n).add(hidden);
    }

    private static Tensor clip(Weights w, Tensor x) {
        return w.clip > 0 ? x.clip(-w.clip, w.clip) : x;
    }

    private static State step(Kind kind, Weights w, Tensor in, State s) {
        int h = w.h;
        return switch (kind.gates) {
            case 1 -> new State(w.f.get(0).apply(clip(w, in.add(times(s.h, w.r)))), null);
            case 3 -> gru(w, in, s, h);
            default -> lstm(w, in, s, h);
        };
    }

    private static Tensor times(Tensor x, Tensor r) {
        return Contraction.MatMul.of(x, false, r, true);
    }

    private static Tensor part(Tensor x, int i, int h) {
        return x.slice(1, i * h, h);
    }

    private static State gru(Weights w, Tensor in, State s, int h) {
        var zr = clip(w, in.slice(1, 0, 2 * h).add(times(s.h, w.r.slice(0, 0, 2 * h))));
        var z = w.f.get(0).apply(part(zr, 0, h));
        var r = w.f.get(0).apply(part(zr, 1, h));
        var rh = w.r.slice(0, 2 * h, h);
        Tensor n;
        if (w.linearBeforeReset) {
            var hidden = times(s.h, rh);
            n = r.mul(w.hidden == null ? hidden : hidden.add(w.hidden));
        } else {
            n = times(r.mul(s.h), rh);
        }
        n = w.f.get(1).apply(clip(w, part(in, 2, h).add(n)));
        return new State(z.rsub(1).mul(n).add(z.mul(s.h)), null);
    }

    private static State lstm(Weights w, Tensor in, State s, int h) {
        var g = in.add(times(s.h, w.r));
        var i = part(g, 0, h);
        var f = part(g, 2, h);
        var o = part(g, 1, h);
        if (w.peephole != null) {
            i = i.add(w.peephole.slice(0, 0, h).mul(s.c));
            f = f.add(w.peephole.slice(0, 2 * h, h).mul(s.c));
        }
        i = w.f.get(0).apply(clip(w, i));
        f = w.inputForget ? i.rsub(1) : w.f.get(0).apply(clip(w, f));
        var c = f.mul(s.c).add(i.mul(w.f.get(1).apply(clip(w, part(g, 3, h)))));
        if (w.peephole != null) {
            o = o.add(w.peephole.slice(0, h, h).mul(c));
        }
        o = w.f.get(0).apply(clip(w, o));
        return new State(o.mul(w.f.get(2).apply(c)), c);
    }
}
