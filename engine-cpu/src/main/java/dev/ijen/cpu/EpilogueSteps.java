package dev.ijen.cpu;

import dev.ijen.cpu.Epilogue.Step;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.UnaryFn;
import java.util.ArrayList;
import java.util.List;

/// Reads a loop as an epilogue: a chain from the load of a convolution's result to the only store, each step of which has the value before
/// as one operand, and as the other a number, one a channel, or one an element.
final class EpilogueSteps {
    private final Region region;
    private final Launch loop;
    private final int channels;
    private final int first;
    private final List<Step> steps = new ArrayList<>();
    /// The instruction that the chain has come to.
    private int value = -1;
    /// The load of the convolution's result, which has no other use: it is nowhere to be read when steps are done on the sums.
    private int result = -1;

    private EpilogueSteps(Region region, Launch loop, int channels, int first) {
        this.region = region;
        this.loop = loop;
        this.channels = channels;
        this.first = first;
    }

    /// Null if it is something else.
    ///
    /// @param y the convolution's result, `channels` last
    /// @param first number of the loop's first input among the fused launch's
    static Epilogue of(Region region, Launch loop, Ref y, int channels, int first) {
        boolean same = region.stores().size() == 1 && loop.out().getFirst().count() == y.count()
                && y.dtype() == DType.F32 && loop.out().getFirst().dtype() == DType.F32
                && region.points() == y.count();
        return same ? new EpilogueSteps(region, loop, channels, first).read(y) : null;
    }

    private Epilogue read(Ref y) {
        for (int i = 0; i < region.body().size(); i++) {
            boolean ok = switch (region.body().get(i)) {
                case Instr.Load l when loop.in().get(l.input()).equals(y) -> begin(l, i);
                case Instr.Load _,Instr.Imm _ -> true; // an operand
                case Instr.Unary(var f, var type, int a) -> f == UnaryFn.RELU && a == value && then(new Step.Relu(), i);
                case Instr.Binary b -> b.of() == DType.F32 && binary(b, i);
                case Instr.Index _,Instr.Random _,Instr.Select _,Instr.Cast _ -> false;
            };
            if (!ok) {
                return null;
            }
        }
        var s = region.stores().getFirst();
        boolean whole = s.value() == value && s.fold() == null && s.offset() == 0 && dense(s.stride());
        return whole && !steps.isEmpty() ? new Epilogue(List.copyOf(steps)) : null;
    }

    private boolean begin(Instr.Load l, int i) {
        boolean ok = value < 0 && l.offset() == 0 && dense(l.stride());
        value = i;
        result = i;
        return ok;
    }

    private boolean then(Step s, int i) {
        steps.add(s);
        value = i;
        return true;
    }

    private boolean binary(Instr.Binary b, int i) {
        if (value < 0 || (b.a() == value) == (b.b() == value)) {
            return false;
        }
        int other = b.a() == value ? b.b() : b.a();
        if (other == result) {
            return false;
        }
        var step = step(b.f(), region.body().get(other));
        return step != null && then(step, i);
    }

    private Step step(BinaryFn f, Instr other) {
        return switch (other) {
            case Instr.Imm m when f == BinaryFn.MAX ->
                    m.real() == 0 ? new Step.Relu() : new Step.Clip((float) m.real(), Float.POSITIVE_INFINITY);
            case Instr.Imm m when f == BinaryFn.MIN && limited() ->
                    new Step.Clip(Float.NEGATIVE_INFINITY, (float) m.real());
            case Instr.Load l when l.offset() == 0 && l.stored() == DType.F32 && channel(l.stride()) -> switch (f) {
                case ADD -> new Step.AddChannel(first + l.input());
                case MUL -> new Step.MulChannel(first + l.input());
                default -> null;
            };
            case Instr.Load l when l.offset() == 0 && l.stored() == DType.F32 && dense(l.stride())
                    && f == BinaryFn.ADD -> new Step.Add(first + l.input());
            default -> null;
        };
    }

    /// True if what comes now is above a limit: there is no NaN then, which not all ways would keep.
    private boolean limited() {
        return !steps.isEmpty() && (steps.getLast() instanceof Step.Relu
                || steps.getLast() instanceof Step.Clip(float low, float _) && low > Float.NEGATIVE_INFINITY);
    }

    /// The elements in the order in which they lie in memory.
    private boolean dense(int[] stride) {
        int step = 1;
        for (int i = stride.length - 1; i >= 0; i--) {
            if (stride[i] != step) {
                return false;
            }
            step *= region.space()[i];
        }
        return true;
    }

    /// One number a channel, the last axis.
    private boolean channel(int[] stride) {
        int last = stride.length - 1;
        boolean ok = region.space()[last] == channels && stride[last] == 1;
        for (int i = 0; i < last; i++) {
            ok &= stride[i] == 0;
        }
        return ok;
    }
}
