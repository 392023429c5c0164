package dev.ijen.graph;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.Control;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Movement;
import dev.ijen.tensor.Reduction;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Turns a group of tensors into loop nests. A tensor's element is addressed by one affine index for each of its axes, so
/// that views change indices and nothing else.
final class Lower {
    /// A loop nest with the tensors its inputs and outputs stand for.
    record Loop(Region region, List<Tensor> in, List<Tensor> out) {}

    /// Index of one axis: scale · point[axis] + offset; axis −1 for a fixed index.
    private record Coordinate(int axis, int scale, int offset) {
        Coordinate then(int start, int step) {
            return new Coordinate(axis, scale * step, offset * step + start);
        }
    }

    private static final Coordinate ZERO = new Coordinate(-1, 0, 0);

    private record Key(Tensor tensor, List<Coordinate> at) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Key k && k.tensor == tensor && k.at.equals(at);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(tensor) + at.hashCode();
        }
    }

    private final Fuse fuse;
    private final Shape space;
    private final List<Tensor> in = new ArrayList<>();
    private final List<Tensor> out = new ArrayList<>();
    private final List<Instr> body = new ArrayList<>();
    private final List<Region.Store> stores = new ArrayList<>();
    private final Map<Key, Integer> memo = new HashMap<>();
    private final Map<Instr, Integer> known = new HashMap<>();

    private Lower(Fuse fuse, Shape space) {
        this.fuse = fuse;
        this.space = space;
    }

    /// The loops of a group; a PLACE group has one for each part.
    static List<Loop> run(Fuse fuse, Group g) {
        if (g.kind == Group.Kind.LOOP) {
            return List.of(loop(fuse, g));
        }
        var t = g.out.getFirst();
        var loops = new ArrayList<Loop>();
        int at = 0;
        for (int i = 0; i < t.arity(); i++) {
            var x = t.input(i);
            if (x.shape().size() > 0) {
                loops.add(part(fuse, t, x, at));
            }
            if (t.op() instanceof Movement.Concat(int axis)) {
                at += x.shape().dim(axis);
            }
        }
        return loops;
    }

    private static Loop loop(Fuse fuse, Group g) {
        var l = new Lower(fuse, g.space);
        for (var t : g.out) {
            var fold = t.op() instanceof Reduction.Reduce r ? r : null;
            int v = l.emit(fold == null ? t : t.input(0), l.identity(), fold == null);
            if (!fuse.stored(t)) {
                continue;
            }
            var stride = t.shape().strides();
            if (fold != null) {
                for (int i = 0; i < stride.length; i++) {
                    stride[i] = (fold.axes() >> i & 1) == 1 ? 0 : stride[i];
                }
            }
            l.stores.add(new Region.Store(v, l.out.size(), t.dtype(), stride, 0, fold == null ? null : fold(fold)));
            l.out.add(t);
        }
        return l.finish();
    }

    private static Loop part(Fuse fuse, Tensor t, Tensor x, int at) {
        var l = new Lower(fuse, x.shape());
        int v = l.emit(x, l.identity(), false);
        var stride = t.shape().strides();
        int offset = 0;
        switch (t.op()) {
            case Movement.Concat(int axis) -> offset = at * stride[axis];
            case Movement.Place p -> {
                for (int i = 0; i < stride.length; i++) {
                    offset += p.start().get(i) * stride[i];
                    stride[i] *= p.step().get(i);
                }
            }
            default -> throw new IllegalStateException("no parts: " + t);
        }
        l.stores.add(new Region.Store(v, 0, t.dtype(), stride, offset, null));
        l.out.add(t);
        return l.finish();
    }

    private Loop finish() {
        var settled = stores.stream().map(this::settled).toList();
        return new Loop(Collapse.run(space.dims(), body, settled), List.copyOf(in), List.copyOf(out));
    }

    private static Region.Fold fold(Reduction.Reduce r) {
        return switch (r.fold()) {
            case SUM -> Region.Fold.SUM;
            case MAX -> Region.Fold.MAX;
            case MIN -> Region.Fold.MIN;
        };
    }

    private List<Coordinate> identity() {
        var c = new ArrayList<Coordinate>();
        for (int i = 0; i < space.rank(); i++) {
            c.add(space.dim(i) == 1 ? ZERO : new Coordinate(i, 1, 0));
        }
        return c;
    }

    /// The value of `t` at a point; `top` marks what the group itself computes.
    private int emit(Tensor t, List<Coordinate> at, boolean top) {
        var key = new Key(t, at);
        var seen = memo.get(key);
        if (seen != null) {
            return top ? seen : rounded(t, seen);
        }
        int v = fuse.real.contains(t) && !top
                ? put(new Instr.Load(input(t), t.dtype(), stride(t.shape(), at), offset(t.shape(), at)))
                : compute(t, at);
        memo.put(key, v);
        return v;
    }

    /// What the loop goes on with of a value that it computes: for a short type that others read from memory the number that they find there, so
    /// that what is compared in two loops is the same in both.
    private int rounded(Tensor t, int v) {
        boolean kept = Derived.half(t.dtype()) && fuse.stored(t) && !(body.get(v) instanceof Instr.Load);
        return kept ? put(new Instr.Cast(DType.F32, t.dtype(), v)) : v;
    }

    /// The rounded value where there is one, so that it is not rounded once more.
    private Region.Store settled(Region.Store s) {
        var v = s.fold() == null ? known.get(new Instr.Cast(DType.F32, s.stored(), s.value())) : null;
        return v == null ? s : new Region.Store(v, s.output(), s.stored(), s.stride(), s.offset(), null);
    }

    private int compute(Tensor t, List<Coordinate> at) {
        return switch (t.op()) {
            case Leaf.Const c -> put(new Instr.Imm(c.type().compute(), c.real(), c.whole()));
            case Leaf.Iota i -> {
                var c = at.get(i.axis());
                var s = new int[space.rank()];
                if (c.axis() >= 0) {
                    s[c.axis()] = c.scale();
                }
                yield put(new Instr.Index(s, c.offset()));
            }
            case Leaf.RandomBits r ->
                    put(new Instr.Random(input(t.input(0)), r.stream(), stride(t.shape(), at), offset(t.shape(), at)));
            case Elementwise e -> elementwise(t, e, at);
            case Movement.Broadcast b -> emit(t.input(0), broadcast(t, at), false);
            case Movement.Permute(var order) -> {
                var c = new Coordinate[at.size()];
                for (int i = 0; i < c.length; i++) {
                    c[order.get(i)] = at.get(i);
                }
                yield emit(t.input(0), List.of(c), false);
            }
            case Movement.Slice s -> {
                var c = new ArrayList<Coordinate>();
                for (int i = 0; i < at.size(); i++) {
                    c.add(at.get(i).then(s.start().get(i), s.step().get(i)));
                }
                yield emit(t.input(0), c, false);
            }
            case Movement.Reshape r -> emit(t.input(0), reshape(t, at), false);
            case Control c -> emit(t.input(0), at, false);
            default -> throw new IllegalStateException("not part of a loop: " + t);
        };
    }

    private int elementwise(Tensor t, Elementwise e, List<Coordinate> at) {
        int a = emit(t.input(0), at, false);
        var type = t.dtype();
        return switch (e) {
            case Elementwise.Unary(var f) -> narrow(put(new Instr.Unary(f, type.compute(), a)), type);
            case Elementwise.Binary(var f) -> {
                int b = emit(t.input(1), at, false);
                yield narrow(put(new Instr.Binary(f, t.input(0).dtype().compute(), a, b)), type);
            }
            case Elementwise.Select s -> {
                int yes = emit(t.input(1), at, false);
                yield put(new Instr.Select(type.compute(), a, yes, emit(t.input(2), at, false)));
            }
            case Elementwise.Cast(var to) -> put(new Instr.Cast(t.input(0).dtype().compute(), to, a));
        };
    }

    /// Short whole numbers are computed in I32 and wrap after each operation.
    private int narrow(int v, DType type) {
        return type == DType.I8 || type == DType.U8 ? put(new Instr.Cast(DType.I32, type, v)) : v;
    }

    private static List<Coordinate> broadcast(Tensor t, List<Coordinate> at) {
        var s = t.input(0).shape();
        int lead = t.shape().rank() - s.rank();
        var c = new ArrayList<Coordinate>();
        for (int i = 0; i < s.rank(); i++) {
            c.add(s.dim(i) == 1 ? ZERO : at.get(i + lead));
        }
        return c;
    }

    private static List<Coordinate> reshape(Tensor t, List<Coordinate> at) {
        var s = t.input(0).shape();
        var c = new ArrayList<Coordinate>();
        int j = 0;
        for (int i = 0; i < s.rank(); i++) {
            if (s.dim(i) == 1) {
                c.add(ZERO);
                continue;
            }
            while (t.shape().dim(j) == 1) {
                j++;
            }
            c.add(at.get(j++));
        }
        return c;
    }

    private int put(Instr i) {
        return known.computeIfAbsent(i, x -> {
            body.add(x);
            return body.size() - 1;
        });
    }

    private int input(Tensor t) {
        for (int i = 0; i < in.size(); i++) {
            if (in.get(i) == t) {
                return i;
            }
        }
        in.add(t);
        return in.size() - 1;
    }

    private int[] stride(Shape s, List<Coordinate> at) {
        var r = new int[space.rank()];
        var st = s.strides();
        for (int j = 0; j < st.length; j++) {
            if (at.get(j).axis() >= 0) {
                r[at.get(j).axis()] += st[j] * at.get(j).scale();
            }
        }
        return r;
    }

    private static int offset(Shape s, List<Coordinate> at) {
        int o = 0;
        var st = s.strides();
        for (int j = 0; j < st.length; j++) {
            o += at.get(j).offset() * st[j];
        }
        return o;
    }
}
