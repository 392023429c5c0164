package dev.ijen.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/// An expression: an operation on other tensors, with its shape and element type. Immutable; it owns no memory and has no
/// value until one is asked for, by a compiled step or by [#evaluate]. Shapes are checked when it is built.
///
/// The operations are in the interfaces: [MathOps] (elementwise), [ReduceOps], [ShapeOps], [IndexOps], [NeuralOps].
public final class Tensor implements MathOps, ReduceOps, ShapeOps, IndexOps, NeuralOps {
    private final Op op;
    private final Tensor[] in;
    private final Shape shape;
    private final DType dtype;
    private final Where.Place where;

    private Tensor(Op op, Tensor[] in, Shape shape, DType dtype, Where.Place where) {
        this.op = op;
        this.in = in;
        this.shape = shape;
        this.dtype = dtype;
        this.where = where;
    }

    /// The operation applied to inputs, checked. Within a step of mixed [Precision] their types are the policy's.
    ///
    /// @throws ShapeException if the inputs do not fit
    public static Tensor of(Op op, Tensor... inputs) {
        var in = Mixed.operands(op, inputs);
        // constants and broadcasts never fail by themselves: not worth a walk up the stack
        boolean plain = op instanceof Leaf.Const || op instanceof Movement.Broadcast;
        return new Tensor(op, in, op.shape(in), op.dtype(in), plain ? Where.Place.UNKNOWN : Where.current());
    }

    /// This operation on other inputs of the same shapes and types; keeps the line it came from.
    public Tensor on(Tensor... inputs) {
        return new Tensor(op, inputs, shape, dtype, where);
    }

    /// Values from the host, shared, not copied. Inside a step they are constants of the program.
    public static Tensor of(HostTensor data) {
        return of(new Leaf.Literal(data, null));
    }

    /// One value everywhere, rounded to the type.
    public static Tensor full(DType dtype, double value, Shape shape) {
        return of(Leaf.Const.of(dtype, value, shape));
    }

    /// A scalar constant.
    public static Tensor scalar(DType dtype, double value) {
        return full(dtype, value, Shape.scalar());
    }

    /// The index along one axis, as I32.
    public static Tensor iota(int axis, Shape shape) {
        return of(new Leaf.Iota(shape.axis(axis), shape));
    }

    /// Start, start + step, … (`count` values) as I32.
    public static Tensor range(int start, int step, int count) {
        return iota(0, Shape.of(count)).mul(step).add(start);
    }

    /// 32 random bits an element (I32) from a generator state I64[2] (seed, step).
    public static Tensor randomBits(Tensor state, Shape shape) {
        return of(new Leaf.RandomBits(Trace.stream(), shape), state);
    }

    /// Uniform in [0, 1) with 24 random bits, F32.
    public static Tensor uniform(Tensor state, Shape shape) {
        return randomBits(state, shape).shiftRight(8).cast(DType.F32).mul(0x1p-24);
    }

    /// Standard normal, F32, by the Box-Muller transform.
    public static Tensor normal(Tensor state, Shape shape) {
        var radius = uniform(state, shape).add(0x1p-25).log().mul(-2).sqrt();
        return radius.mul(uniform(state, shape).mul(2 * Math.PI).cos());
    }

    /// Tensors one after the other along an axis.
    public static Tensor concat(int axis, Tensor... parts) {
        if (parts.length == 0) {
            throw new ShapeException("concat", "no tensors", "at least one", "check the list");
        }
        return parts.length == 1 ? parts[0] : of(new Movement.Concat(parts[0].shape.axis(axis)), parts.clone());
    }

    /// Tensors of one shape along a new axis.
    public static Tensor stack(int axis, Tensor... parts) {
        if (parts.length == 0) {
            throw new ShapeException("stack", "no tensors", "at least one", "check the list");
        }
        int a = axis < 0 ? axis + parts[0].shape.rank() + 1 : axis;
        return concat(a, Arrays.stream(parts).map(t -> t.insertAxis(a)).toArray(Tensor[]::new));
    }

    /// What is done.
    public Op op() {
        return op;
    }

    /// Number of inputs.
    public int arity() {
        return in.length;
    }

    /// Input `i`.
    public Tensor input(int i) {
        return in[i];
    }

    /// Extents.
    public Shape shape() {
        return shape;
    }

    /// Element type.
    public DType dtype() {
        return dtype;
    }

    /// The user's line that built this, and the layer if it was one of a model: `Main.java:12`, `Main.java:12 in layer 0`,
    /// `layer 0`; empty if unknown.
    public String where() {
        return where.toString();
    }

    /// Dotted name of the layer that built this; empty outside of layers.
    public String layer() {
        return where.layer();
    }

    Where.Place place() {
        return where;
    }

    /// The values. Compiles and runs a program for this expression, on the engine its leaves belong to.
    ///
    /// @throws IjenException if no leaf belongs to an engine; then use `engine.evaluate`
    public HostTensor evaluate() {
        for (var t : topological(List.of(this))) {
            var home = switch (t.op) {
                case Leaf.Literal l -> l.home();
                case Leaf.Read r -> r.cell().home();
                case Leaf.Input i -> throw new IjenException(
                        "evaluate: " + this + " depends on an argument of a step",
                        "argument " + i.slot(),
                        "an expression of parameters and literals",
                        "return the tensor from the step and read the step's outputs");
                case Op other -> null;
            };
            if (home != null) {
                return home.evaluate(List.of(this)).getFirst();
            }
        }
        throw new IjenException(
                "evaluate: no engine", toString(), "an expression with a tensor or parameter of an engine",
                "use engine.evaluate(tensor)");
    }

    /// The values as floats. See [#evaluate].
    public float[] toFloatArray() {
        return evaluate().toFloatArray();
    }

    /// The only value. See [#evaluate].
    public double item() {
        return evaluate().item();
    }

    /// Every tensor the roots depend on, each after its inputs. Iterative: unrolled recurrences are thousands deep.
    public static List<Tensor> topological(Iterable<Tensor> roots) {
        var order = new ArrayList<Tensor>();
        var seen = Collections.newSetFromMap(new IdentityHashMap<Tensor, Boolean>());
        var stack = new ArrayDeque<Tensor>();
        var next = new ArrayDeque<int[]>();
        for (var r : roots) {
            if (!seen.add(r)) {
                continue;
            }
            stack.push(r);
            next.push(new int[1]);
            while (!stack.isEmpty()) {
                var t = stack.peek();
                var i = next.peek();
                if (i[0] < t.in.length) {
                    var c = t.in[i[0]++];
                    if (seen.add(c)) {
                        stack.push(c);
                        next.push(new int[1]);
                    }
                } else {
                    order.add(stack.pop());
                    next.pop();
                }
            }
        }
        return order;
    }

    @Override
    public String toString() {
        return op.label() + " " + dtype + shape + (where().isEmpty() ? "" : " at " + where());
    }
}
