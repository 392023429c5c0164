package dev.ijen.optim;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;

/// The learning rate as a function of the number of updates done. It is computed on the device, inside the step, from
/// the optimizer's counter: nothing of it is fixed in the program.
@FunctionalInterface
public interface Schedule {
    /// The rate (F32 scalar) for a number of updates done (F32 scalar, 0 at the first).
    Tensor at(Tensor step);

    /// Always the same rate.
    static Schedule constant(double rate) {
        check("constant", rate >= 0, "rate " + rate);
        return t -> Tensor.scalar(DType.F32, rate);
    }

    /// `rate · factor^⌊t / every⌋`.
    static Schedule step(double rate, int every, double factor) {
        check("step", every > 0 && factor > 0, "every " + every + ", factor " + factor);
        // a quarter step keeps the quotient away from whole numbers, where rounding decides
        return t -> power(factor, t.add(0.25).mul(1.0 / every).floor()).mul(rate);
    }

    /// `rate · factor^(how many of the steps in `at` are reached)`.
    static Schedule multiStep(double rate, double factor, int... at) {
        check("multi-step", factor > 0 && at.length > 0, "factor " + factor + ", at " + Arrays.toString(at));
        var marks = at.clone();
        return t -> {
            var passed = t.mul(0);
            for (int mark : marks) {
                passed = passed.add(t.ge(mark).cast(DType.F32));
            }
            return power(factor, passed).mul(rate);
        };
    }

    /// `rate · factor^t`.
    static Schedule exponential(double rate, double factor) {
        check("exponential", factor > 0, "factor " + factor);
        return t -> power(factor, t).mul(rate);
    }

    /// Half a cosine from `rate` to 0 over `steps` updates (Loshchilov and Hutter, arXiv:1608.03983).
    static Schedule cosine(double rate, int steps) {
        return cosine(rate, steps, 0);
    }

    /// Half a cosine from `rate` to `end` over `steps` updates, then `end`.
    static Schedule cosine(double rate, int steps, double end) {
        check("cosine", steps > 0, "steps " + steps);
        return t -> swing(rate, end, t.mul(1.0 / steps).minimum(1));
    }

    /// One cycle over `steps` updates (Smith and Topin, arXiv:1708.07120): up from `max / 25` during the first 30 %,
    /// down to `max / 250,000` at the end.
    static Schedule oneCycle(double max, int steps) {
        return oneCycle(max, steps, 0.3, 25, 1e4);
    }

    /// One cycle: half a cosine up from `max / start` during `rise` of the steps, half a cosine down to `max / start /
    /// end`.
    static Schedule oneCycle(double max, int steps, double rise, double start, double end) {
        double top = rise * steps - 1;
        check("one-cycle", steps > 1 && top > 0 && rise < 1, "steps " + steps + ", rise " + rise);
        return t -> {
            var up = swing(max / start, max, t.mul(1 / top).clip(0, 1));
            var down = swing(max, max / start / end, t.sub(top).mul(1 / (steps - 1 - top)).clip(0, 1));
            return t.le(top).where(up, down);
        };
    }

    /// `end + (rate − end) · (1 − t / steps)^power`, then `end`.
    static Schedule polynomial(double rate, int steps, double power, double end) {
        check("polynomial", steps > 0 && power > 0, "steps " + steps + ", power " + power);
        return t -> t.mul(1.0 / steps).minimum(1).rsub(1).pow(power).mul(rate - end).add(end);
    }

    /// A straight line from `rate` to 0 over `steps` updates.
    static Schedule linear(double rate, int steps) {
        return polynomial(rate, steps, 1, 0);
    }

    /// `rate · √(steps / max(t + 1, steps))`: constant, then falling with the square root (Vaswani et al.,
    /// arXiv:1706.03762, without warm-up).
    static Schedule inverseSqrt(double rate, int steps) {
        check("inverse square root", steps > 0, "steps " + steps);
        return t -> t.add(1).maximum(steps).reciprocal().mul(steps).sqrt().mul(rate);
    }

    /// Rises in a straight line over `steps` updates to this schedule's first rate: `at(0) · (t + 1) / steps`;
    /// afterwards this schedule from its start.
    default Schedule warmUp(int steps) {
        check("warm-up", steps >= 0, "steps " + steps);
        if (steps == 0) {
            return this;
        }
        return t -> at(t.sub(steps).maximum(0)).mul(t.add(1).mul(1.0 / steps).minimum(1));
    }

    private static Tensor swing(double from, double to, Tensor part) {
        // cos²(x / 2) is (1 + cos x) / 2 without the cancellation near the end
        return part.mul(Math.PI / 2).cos().square().mul(from - to).add(to);
    }

    private static Tensor power(double base, Tensor exponent) {
        return exponent.mul(Math.log(base)).exp();
    }

    private static void check(String name, boolean ok, String got) {
        if (!ok) {
            throw new IjenException("schedule " + name + ": not possible", got,
                    "positive numbers of steps, positive factors", "check them");
        }
    }
}
