package dev.ijen.cuda.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.ijen.plain.PlainKernels;
import dev.ijen.spi.Kernel;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.util.List;
import java.util.Random;

/// Compares kernels on the device with plain loops.
final class Check {
    static final List<DType> REAL = List.of(DType.F32, DType.F64, DType.F16, DType.BF16);

    private Check() {}

    /// Normal numbers, or whole ones from −20 to 20 (0 to 40 if unsigned), or truth values.
    static HostTensor random(DType t, long seed, int... dims) {
        var r = new Random(seed);
        var v = HostTensor.zeros(t, Shape.of(dims));
        for (int i = 0; i < v.shape().size(); i++) {
            switch (t) {
                case F32, F64, F16, BF16 -> v.set(i, r.nextGaussian());
                case I32, I64, I8 -> v.set(i, r.nextInt(41) - 20);
                case U8 -> v.set(i, r.nextInt(41));
                case BOOL -> v.set(i, r.nextInt(2));
            }
        }
        return v;
    }

    /// Whole numbers in [low, high).
    static HostTensor index(long seed, int low, int high, int count) {
        return HostTensor.of(new Random(seed).ints(count, low, high).toArray(), count);
    }

    /// Runs a kernel that reports no error.
    ///
    /// @param scale size of a result's terms, for the tolerance
    static void same(Kernel kernel, DType type, int count, double scale, HostTensor... in) {
        same(75, kernel, type, count, scale, in);
    }

    static void same(int capability, Kernel kernel, DType type, int count, double scale, HostTensor... in) {
        var out = List.of(Rig.empty(type, count));
        var got = Rig.run(kernel, List.of(in), out, capability);
        assertEquals(0, got.word(), kernel.toString());
        PlainKernels.run(kernel, List.of(in), out);
        close(out.getFirst(), got.out().getFirst(), scale, kernel.toString());
    }

    /// Relative error of a result that was computed in the arithmetic type and rounded once.
    private static double tolerance(DType t) {
        return switch (t) {
            case F32 -> 1e-5;
            case F64 -> 1e-12;
            case F16 -> 2e-3;
            case BF16 -> 2e-2;
            case I32, I64, I8, U8, BOOL -> 0;
        };
    }

    static void close(HostTensor expected, HostTensor got, double scale, String what) {
        double tolerance = tolerance(expected.dtype());
        for (int i = 0; i < expected.shape().size(); i++) {
            double e = expected.get(i);
            double g = got.get(i);
            boolean same = Double.isNaN(e) ? Double.isNaN(g) : g == e;
            if (!same && !(Math.abs(g - e) <= tolerance * Math.max(scale, Math.abs(e)))) {
                fail(what + ": element " + i + " is " + g + ", not " + e);
            }
        }
    }
}
