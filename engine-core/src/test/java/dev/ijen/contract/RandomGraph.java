package dev.ijen.contract;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/// A seeded random expression over random arguments: elementwise chains, views, reductions, products, casts and choices.
///
/// Numbers stay moderate: a node whose value is large or not finite is not taken. What jumps (comparison, cast to whole
/// numbers, order) is only made of nodes whose bits any correct engine must meet.
final class RandomGraph {
    private static final DType[] TYPES = {
        DType.F32, DType.F32, DType.F32, DType.F32, DType.F64, DType.F16, DType.BF16, DType.I32, DType.I64, DType.I8,
        DType.U8, DType.BOOL
    };
    private static final int[] EXTENTS = {1, 2, 3, 4, 5, 7, 13};

    /// A tensor, its value, whether its bits are determined, and the coarsest unit in the last place among what it comes from.
    private record Node(Tensor tensor, Value value, boolean exact, double unit) {}

    private final Random random;
    private final boolean onlyF64;
    private final boolean wide;
    private final List<Value> arguments = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    private RandomGraph(long seed, boolean onlyF64, boolean wide) {
        this.random = new Random(seed);
        this.onlyF64 = onlyF64;
        this.wide = wide;
    }

    /// A graph with about `size` operations.
    ///
    /// @param onlyF64 smooth functions of F64 alone
    /// @param wide with arguments of some thousand elements
    static RandomGraph of(long seed, int size, boolean onlyF64, boolean wide) {
        var g = new RandomGraph(seed, onlyF64, wide);
        for (int i = 0; i < 3 + g.random.nextInt(3); i++) {
            g.argument();
        }
        for (int tries = 0; g.nodes.size() < size && tries < 20 * size; tries++) {
            g.grow();
        }
        return g;
    }

    List<Value> arguments() {
        return arguments;
    }

    /// The last nodes and some others.
    List<Tensor> results() {
        return picked().stream().map(Node::tensor).toList();
    }

    List<Value> values() {
        return picked().stream().map(Node::value).toList();
    }

    /// Error allowed for each result.
    List<Double> tolerances() {
        return picked().stream()
                .map(n -> n.unit < 0x1p-30 ? 0x1p-30 : n.unit < 0x1p-20 ? 2000 * n.unit : 24 * n.unit)
                .toList();
    }

    private List<Node> picked() {
        int n = nodes.size();
        var r = new ArrayList<Node>();
        for (int i = 0; i < n; i++) {
            if (i >= n - 3 || (i * 7 + n) % 5 == 0) {
                r.add(nodes.get(i));
            }
        }
        return r;
    }

    private Shape shape() {
        int rank = wide ? 2 + random.nextInt(2) : random.nextInt(4);
        var d = new int[rank];
        int size = 1;
        for (int i = 0; i < rank; i++) {
            d[i] = wide ? 1 + random.nextInt(i == 0 ? 40 : 60) : EXTENTS[random.nextInt(EXTENTS.length)];
            d[i] = size * d[i] > (wide ? 40_000 : 600) ? 1 : d[i];
            size *= d[i];
        }
        return Shape.of(d);
    }

    private void argument() {
        var type = onlyF64 ? DType.F64 : TYPES[random.nextInt(TYPES.length)];
        var shape = nodes.isEmpty() || random.nextInt(3) == 0 ? shape() : pick().tensor.shape();
        var v = new In(type, type.isFloat() ? -2 : type == DType.U8 ? 0 : -9, type.isFloat() ? 2 : 9, shape).draw(type,
                0, 0, random);
        arguments.add(v);
        nodes.add(new Node(Graphs.arguments(arguments).getLast(), v, true, type.isFloat() ? OpCase.unit(type) : 0));
    }

    private Node pick() {
        // late ones more often, so that chains grow deep
        int n = nodes.size();
        return nodes.get(random.nextBoolean() ? random.nextInt(n) : n - 1 - random.nextInt(Math.min(n, 4)));
    }

    private void take(Tensor t, boolean exact, Node... from) {
        if (t.shape().size() > (wide ? 60_000 : 1500) || t.shape().size() == 0 || t.shape().rank() > 6) {
            return;
        }
        // only the new operations are evaluated: what they come from is known
        var known = new ArrayList<Value>();
        for (var n : nodes) {
            known.add(n.value);
        }
        var v = Reference.extend(t, nodes.stream().map(Node::tensor).toList(), known);
        double unit = t.dtype().isFloat() ? OpCase.unit(t.dtype()) : 0;
        for (var n : from) {
            unit = Math.max(unit, n.unit);
        }
        for (int i = 0; v.real() != null && i < v.real().length; i++) {
            if (!(Math.abs(v.real()[i]) < 60)) {
                return;
            }
        }
        nodes.add(new Node(t, v, exact || v.real() == null, unit));
    }

    private void grow() {
        var a = pick();
        try {
            switch (random.nextInt(10)) {
                case 0, 1 -> smooth(a);
                case 2 -> {
                    if (!onlyF64) {
                        jumpy(a);
                    }
                }
                case 3, 4, 5 -> binary(a, pick());
                case 6 -> reduce(a);
                case 7, 8 -> move(a);
                case 9 -> heavy(a, pick());
                default -> throw new IllegalStateException();
            }
        } catch (ShapeException e) {
            // the pair does not fit; another will
            assert e.getMessage() != null;
        }
    }

    private <T> T any(List<T> l) {
        return l.get(random.nextInt(l.size()));
    }

    private void smooth(Node a) {
        double c = random.nextInt(-4, 5) * 0.25;
        var x = a.tensor;
        if (!x.dtype().isFloat()) {
            if (x.dtype() != DType.BOOL) {
                take(any(List.<Function<Tensor, Tensor>>of(
                        t -> t.add(3), t -> t.mul(5), t -> t.rsub(1), Tensor::neg, Tensor::abs, Tensor::relu,
                        Tensor::sign,
                        t -> t.shiftRight(1), t -> t.mod(4), t -> t.floorDiv(3))).apply(x), true, a);
            }
            return;
        }
        if (random.nextInt(3) == 0) {
            // sums and products of two numbers have one right result in F32 and F64
            boolean exact = a.exact && x.dtype().bytes() >= 4;
            take(any(List.<Function<Tensor, Tensor>>of(
                    t -> t.add(c), t -> t.mul(c), t -> t.rsub(c), Tensor::neg, Tensor::abs, Tensor::relu)).apply(x),
                    exact, a);
            return;
        }
        take(any(List.<Function<Tensor, Tensor>>of(
                Tensor::tanh, Tensor::sin, Tensor::cos, Tensor::sigmoid, Tensor::erf, Tensor::gelu, Tensor::silu,
                Tensor::atan,
                t -> t.square().add(1).sqrt(), t -> t.square().add(1).reciprocal(), t -> t.square().log1p(),
                t -> t.minimum(2).exp(),
                t -> t.square().mul(0.25), Tensor::softplus, t -> t.tanh().pow(3))).apply(x), false, a);
    }

    private void jumpy(Node a) {
        var x = a.tensor;
        var to = TYPES[random.nextInt(TYPES.length)];
        if (to.isFloat()) {
            take(x.cast(to), a.exact, a);
        } else if (a.exact) {
            switch (random.nextInt(4)) {
                case 0 -> take(x.cast(to), true, a);
                case 1 -> take(x.gt(random.nextInt(-1, 2)), true, a);
                case 2 -> {
                    if (x.shape().rank() > 0) {
                        take(random.nextBoolean() ? x.argmax(-1) : x.argsort(0, random.nextBoolean()), true, a);
                    }
                }
                default -> {
                    if (x.dtype().isFloat()) {
                        take(x.floor(), a.exact, a);
                    } else if (x.dtype() != DType.I64) {
                        // rows chosen by numbers of the graph itself
                        var table = pick();
                        if (table.tensor.shape().rank() > 0 && x.shape().size() < 100) {
                            int n = table.tensor.shape().dim(0);
                            take(table.tensor.take(0, x.cast(DType.I32).mod(n)), table.exact, a, table);
                        }
                    }
                }
            }
        }
    }

    private void binary(Node a, Node b) {
        var x = a.tensor;
        var y = b.tensor;
        boolean exact = a.exact && b.exact;
        boolean real = x.dtype().isFloat() || y.dtype().isFloat();
        boolean wideType = DType.promote(x.dtype(), y.dtype()).bytes() >= 4;
        switch (random.nextInt(8)) {
            case 0, 1 -> take(x.add(y), exact && (!real || wideType), a, b);
            case 2 -> take(x.sub(y), exact && (!real || wideType), a, b);
            case 3 -> take(x.mul(y), exact && (!real || wideType), a, b);
            case 4 -> take(random.nextBoolean() ? x.maximum(y) : x.minimum(y), exact, a, b);
            case 5 -> {
                if (real) {
                    take(x.div(y.square().add(1)), false, a, b);
                } else {
                    take(x.binaryOf(any(List.of(BinaryFn.AND, BinaryFn.OR, BinaryFn.XOR, BinaryFn.MOD, BinaryFn.DIV)),
                            y), true, a, b);
                }
            }
            case 6 -> {
                if (exact && !onlyF64) {
                    var c = pick();
                    take(x.lt(y).where(c.tensor, b.tensor), c.exact, a, b, c);
                }
            }
            default -> {
                var c = nodes.stream().filter(n -> n.tensor.dtype() == DType.BOOL).findAny();
                if (c.isPresent()) {
                    take(c.get().tensor.where(x, y), exact, a, b);
                }
            }
        }
    }

    private int axis(Node a) {
        return random.nextInt(-a.tensor.shape().rank(), a.tensor.shape().rank());
    }

    private void reduce(Node a) {
        var x = a.tensor;
        int rank = x.shape().rank();
        if (rank == 0) {
            return;
        }
        int[] axes = switch (random.nextInt(3)) {
            case 0 -> new int[0];
            case 1 -> new int[] {axis(a)};
            default -> rank > 1 ? new int[] {0, rank - 1} : new int[] {0};
        };
        boolean whole = !x.dtype().isFloat();
        switch (random.nextInt(8)) {
            case 0 -> take(x.mean(axes), false, a);
            case 1 -> take(x.sub(x.meanKeep(axes)), false, a);
            case 2 -> take(onlyF64 ? x.logSumExp(axes) : x.max(axes), a.exact && !onlyF64, a);
            case 3 -> take(onlyF64 ? x.variance(0, axes) : x.minKeep(axes), a.exact && !onlyF64, a);
            case 4 -> take(x.sumKeep(axes), whole, a);
            case 5 -> take(x.sum(axes), whole, a);
            case 6 -> take(x.dtype() == DType.BOOL ? x.sum(axes) : x.square().sum(axes), whole, a);
            default -> take(x.cumsum(axis(a), random.nextBoolean(), random.nextBoolean()), whole, a);
        }
    }

    private void move(Node a) {
        var x = a.tensor;
        int rank = x.shape().rank();
        if (rank == 0) {
            take(x.broadcast(any(List.of(Shape.of(3), Shape.of(2, 5), Shape.of(1, 4)))), a.exact, a);
            return;
        }
        int axis = axis(a);
        int n = x.shape().dim(axis);
        var y = switch (random.nextInt(11)) {
            case 0 -> {
                var order = new ArrayList<Integer>();
                for (int i = 0; i < rank; i++) {
                    order.add(random.nextInt(i + 1), i);
                }
                yield x.permute(order.stream().mapToInt(i -> i).toArray());
            }
            case 1 -> x.reshape(x.shape().size());
            case 2 -> x.shape().size() % 2 == 0 ? x.reshape(2, -1) : x.reshape(-1, 1);
            case 3 -> {
                int start = random.nextInt(n);
                int step = random.nextBoolean() ? 1 : random.nextBoolean() ? 2 : -1;
                int most = step > 0 ? (n - 1 - start) / step + 1 : start + 1;
                yield x.slice(axis, start, 1 + random.nextInt(most), step);
            }
            case 4 -> x.pad(axis, random.nextInt(3), random.nextInt(3), random.nextInt(2));
            case 5 -> {
                var b = pick();
                yield x.dtype() == b.tensor.dtype() ? Tensor.concat(x.shape().axis(axis), x, b.tensor) : x.flip(axis);
            }
            case 6 -> x.flip(axis);
            case 7 -> x.insertAxis(random.nextInt(rank + 1));
            case 8 -> x.repeat(axis, 2);
            case 9 -> x.insertAxis(0).broadcast(x.shape().insert(0, 3));
            default -> x.select(axis, random.nextInt(n));
        };
        take(y, a.exact, a);
    }

    private void heavy(Node a, Node b) {
        var x = a.tensor;
        int rank = x.shape().rank();
        if (rank == 0) {
            return;
        }
        boolean whole = !x.dtype().isFloat();
        switch (random.nextInt(5)) {
            case 0 -> {
                if (!whole) {
                    take(random.nextBoolean() ? x.softmax(axis(a)) : x.tanh().logSoftmax(), false, a);
                }
            }
            case 1 -> {
                if (rank >= 2 && x.dtype() != DType.BOOL && x.shape().size() < 2000) {
                    var s = x.mul(whole ? 1 : 0.25);
                    take(random.nextBoolean() ? s.matmul(x.transpose()) : s.transpose().matmul(x), whole, a);
                }
            }
            case 2 -> {
                if (b.tensor.shape().rank() == 2 && x.shape().dim(-1) == b.tensor.shape().dim(0)
                        && b.tensor.dtype() == x.dtype()) {
                    take(x.matmul(b.tensor), whole, a, b);
                }
            }
            case 3 -> {
                if (!onlyF64 && a.exact && x.shape().size() < 5000) {
                    take(x.sort(axis(a), random.nextBoolean()), true, a);
                }
            }
            default -> {
                if (!whole && rank == 3 && x.shape().dim(2) >= 2) {
                    take(x.maxPool(WindowSpec.square(1, 2, 1, 0)), a.exact, a);
                }
            }
        }
    }

    /// What an engine is asked to compute.
    List<Tensor> rebuild(List<Tensor> in) {
        var made = new IdentityHashMap<Tensor, Tensor>();
        for (var t : Tensor.topological(results())) {
            var from = new Tensor[t.arity()];
            Arrays.setAll(from, i -> made.get(t.input(i)));
            made.put(t, t.op() instanceof Leaf.Input i ? in.get(i.slot()) : t.on(from));
        }
        return results().stream().map(made::get).toList();
    }
}
