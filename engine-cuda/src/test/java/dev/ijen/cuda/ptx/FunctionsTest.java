package dev.ijen.cuda.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.UnaryFn;
import dev.ijen.plain.PlainRegion;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every function and conversion at ordinary and awkward values: arithmetic to the bit, functions of the library to a few units in
/// the last place.
class FunctionsTest {
    private static final double[] REALS = {0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, -7.25, 0.1, 1e-3, -1e-3, 1e-20,
        12.75,
        -12.75, 88.5, 100.3, -104, 1000, 65504, 65520, 1e5, 2147483647, -2147483648.0, 3e9, 1e10, -1e19, 1e19, 3.4e38,
        1e-40, -1e-44,
        127.6, 128, 255.5, -129, 257, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Math.PI,
        2.7182818, 1.00390625,
        1.01171875};
    private static final long[] WHOLES = {0, 1, -1, 2, -2, 3, 7, -7, 10, 31, 32, 33, 63, 64, 65, 100, -100, 127, 128,
        255, 256, -129,
        65535, 1 << 24, (1 << 24) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE,
        Long.MIN_VALUE + 1, 0x123456789ABCDEFL};
    private static final Set<UnaryFn> EXACT = EnumSet.of(UnaryFn.NEG, UnaryFn.ABS, UnaryFn.SIGN, UnaryFn.FLOOR,
            UnaryFn.CEIL,
            UnaryFn.ROUND, UnaryFn.SQRT, UnaryFn.RECIP, UnaryFn.RELU, UnaryFn.NOT);

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "F64", "I32", "I64"})
    void unary(DType t) {
        for (var f : UnaryFn.values()) {
            if (!t.isFloat() && !f.ofIntegers()) {
                continue;
            }
            var x = values(t);
            var load = new Instr.Load(0, t, new int[] {1}, 0);
            check(f + " " + t, List.of(load, new Instr.Unary(f, t, 0)), t, List.of(x), EXACT.contains(f) ? 0 : 4);
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "F64", "I32", "I64"})
    void binary(DType t) {
        var x = values(t);
        int n = x.shape().size();
        var a = HostTensor.zeros(t, Shape.of(n * n));
        var b = HostTensor.zeros(t, Shape.of(n * n));
        for (int i = 0; i < n * n; i++) {
            copy(x, i / n, a, i);
            copy(x, i % n, b, i);
        }
        for (var f : BinaryFn.values()) {
            boolean power = f == BinaryFn.POW || f == BinaryFn.ATAN2;
            if (t.isFloat() ? f.bitwise() : power) {
                continue;
            }
            var one = new int[] {1};
            var body = List.<Instr>of(new Instr.Load(0, t, one, 0), new Instr.Load(1, t, one, 0),
                    new Instr.Binary(f, t, 0, 1));
            check(f + " " + t, body, f.comparison() ? DType.I32 : t, List.of(a, b), power ? 8 : 0);
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void cast(DType to) {
        for (var from : List.of(DType.F32, DType.F64, DType.I32, DType.I64)) {
            var x = values(from);
            var body = List.<Instr>of(new Instr.Load(0, from, new int[] {1}, 0), new Instr.Cast(from, to, 0));
            check(from + " to " + to, body, to.compute(), List.of(x), 0);
            check(from + " to stored " + to, body, to, List.of(x), 0);
        }
    }

    /// What is loaded and stored again is the same, at vectors of all widths and one by one.
    @ParameterizedTest
    @EnumSource(DType.class)
    void memory(DType t) {
        for (int n : new int[] {7, 10, 12, 16, 1000}) {
            var x = HostTensor.zeros(t, Shape.of(n));
            for (int i = 0; i < n; i++) {
                x.set(i, t == DType.BOOL ? i % 3 % 2 : t == DType.U8 ? i % 256 : i % 255 - 127);
            }
            check(t + " of " + n, List.of(new Instr.Load(0, t, new int[] {1}, 0)), t, List.of(x), 0);
        }
    }

    private static void check(String what, List<Instr> body, DType stored, List<HostTensor> in, double ulps) {
        int n = in.getFirst().shape().size();
        var store = new Store(body.size() - 1, 0, stored, new int[] {1}, 0, null);
        var region = new Region(new int[] {n}, body, List.of(store));
        var expected = HostTensor.zeros(stored, Shape.of(n));
        PlainRegion.run(region, in, List.of(expected));
        for (int shift : new int[] {0, 1}) {
            var got = HostTensor.zeros(stored, Shape.of(n));
            EmulatedGpu.run(RegionCode.of(region, 1), in, List.of(got), shift);
            for (int i = 0; i < n; i++) {
                same(what, in, i, expected, got, ulps);
            }
        }
    }

    private static void same(String what, List<HostTensor> in, int i, HostTensor expected, HostTensor got,
            double ulps) {
        var at = new ArrayList<Double>();
        in.forEach(t -> at.add(t.get(i)));
        if (!expected.dtype().isFloat()) {
            assertEquals(expected.getLong(i), got.getLong(i), () -> what + " of " + at);
            return;
        }
        double e = expected.get(i);
        double g = got.get(i);
        if (ulps == 0 || !Double.isFinite(e)) {
            assertEquals(e, g, () -> what + " of " + at);
            return;
        }
        double unit = expected.dtype() == DType.F64 ? Math.ulp(e) : Math.ulp((float) e);
        assertTrue(Math.abs(e - g) <= ulps * unit, () -> what + " of " + at + ": expected " + e + ", got " + g);
    }

    private static HostTensor values(DType t) {
        int n = t.isFloat() ? REALS.length : WHOLES.length;
        var x = HostTensor.zeros(t, Shape.of(n));
        for (int i = 0; i < n; i++) {
            if (t.isFloat()) {
                x.set(i, REALS[i]);
            } else if (t == DType.I64) {
                x.data().setAtIndex(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, i, WHOLES[i]);
            } else {
                x.set(i, (int) WHOLES[i]);
            }
        }
        return x;
    }

    private static void copy(HostTensor from, int i, HostTensor to, int j) {
        int n = from.dtype().bytes();
        to.data().asSlice((long) j * n, n).copyFrom(from.data().asSlice((long) i * n, n));
    }
}
