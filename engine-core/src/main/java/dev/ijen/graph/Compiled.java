package dev.ijen.graph;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Window;
import dev.ijen.tensor.Cell;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Leaf;
import dev.ijen.tensor.Shape;
import java.util.List;

/// A program with its plan.
///
/// @param program after simplification
/// @param plan for the backend
/// @param bindings what each of the plan's externals is
/// @param naiveBytes memory that would be needed if no intermediate shared any
public record Compiled(Program program, Plan plan, List<Binding> bindings, long naiveBytes) {
    /// What an external is bound to.
    public sealed interface Binding {
        /// An argument of the step.
        record Argument(int slot, DType type, Shape shape) implements Binding {}

        /// A parameter or state.
        record Held(Cell cell) implements Binding {}

        /// Values captured by the step.
        record Fixed(Leaf.Literal literal) implements Binding {}
    }

    /// Simplifies, fuses and plans a program.
    public static Compiled of(Program traced) {
        var p = Simplify.run(traced);
        return PlanMemory.run(p, Fuse.run(p));
    }

    /// Floating-point operations of matrix products, convolutions, attention and recurrences, 2 a multiply-add.
    public long flops() {
        long sum = 0;
        for (var l : plan.launches()) {
            sum += flops(l.kernel());
        }
        return sum;
    }

    private static int gates(Kernel.CellKind cell) {
        return switch (cell) {
            case RNN_TANH, RNN_RELU -> 1;
            case LSTM -> 4;
            case GRU -> 3;
        };
    }

    /// Floating-point operations of one kernel; 0 for all but matrix products, convolutions, attention and recurrences.
    public static long flops(Kernel k) {
        return switch (k) {
            case Kernel.MatMul m -> 2L * m.batch() * m.m() * m.n() * m.k();
            case Kernel.Conv c ->
                    2L * c.n() * Window.product(c.window().out()) * c.k() * (c.c() / c.groups())
                            * Window.product(c.window().size());
            case Kernel.Attention a ->
                    (a.pass() == Kernel.AttentionPass.FORWARD ? 4L : 10L) * a.n() * a.heads() * pairs(a) * a.d();
            case Kernel.Recurrent r -> 2L * r.t() * r.n() * r.h() * gates(r.cell()) * r.h();
            case Kernel.Loop x -> 0;
            case Kernel.Fill x -> 0;
            case Kernel.Copy x -> 0;
            case Kernel.Pool x -> 0;
            case Kernel.Softmax x -> 0;
            case Kernel.CrossEntropy x -> 0;
            case Kernel.Gather x -> 0;
            case Kernel.Scatter x -> 0;
            case Kernel.CumSum x -> 0;
            case Kernel.ArgReduce x -> 0;
            case Kernel.ArgSort x -> 0;
        };
    }

    /// How many keys all queries of a head see together, lengths aside.
    private static long pairs(Kernel.Attention a) {
        if (!a.causal()) {
            return (long) a.tq() * a.tk();
        }
        long sum = 0;
        for (int i = 0; i < a.tq(); i++) {
            sum += Math.max(0, i + 1 + a.tk() - a.tq());
        }
        return sum;
    }
}
