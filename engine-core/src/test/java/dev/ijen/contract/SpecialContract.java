package dev.ijen.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.ijen.engine.Device;
import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.UnaryFn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Functions where they are special: NaN, infinities, zeros, the ends of a type's range, the whole range in steps. A module
/// with a backend extends this class.
public abstract class SpecialContract {
    private static final double[] SPECIAL = {
        Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 2,
        -2, 3, 1e-3,
        -1e-3, 1e-10, -1e-10, 1e-30, 10, -10, 20, -20, 88, 89, -88, -104, 100, -100, 1e4, -1e4, 1e10, -1e10, 1e30,
        -1e30, 3.4e38,
        -3.4e38, 1.2e-38, 1e-45, 0.9999999, 1.0000001, -0.9999999, 8388607.5, 8388608.5, 2147483647, 4294967296.0, 709,
        710, -745
    };

    @RegisterExtension final LiveBuffers engines = new LiveBuffers();

    /// The device under test.
    protected abstract Device device();

    /// Special numbers, and a sweep over magnitudes from 1e-6 to 1e6 and over [-10, 10].
    private static Value sweep(DType type) {
        var v = new ArrayList<Double>();
        Arrays.stream(SPECIAL).forEach(v::add);
        for (double e = -6; e < 6; e += 0.0173) {
            v.add(Math.pow(10, e));
            v.add(-Math.pow(10, e));
        }
        for (double x = -10; x < 10; x += 0.0131) {
            v.add(x);
        }
        return Value.reals(type, Shape.of(v.size()), v.stream().mapToDouble(x -> x).toArray());
    }

    @TestFactory
    Stream<DynamicTest> unary() {
        var engine = engines.open(device());
        return EnumSet.complementOf(EnumSet.of(UnaryFn.NOT)).stream().map(f -> dynamicTest(f.toString(), () -> {
            for (var type : OpCase.REAL) {
                var x = sweep(type);
                var in = List.of(x);
                var e = OpContract.expected(t -> List.of(t.getFirst().unaryOf(f)), in).getFirst();
                var a = OpContract.run(engine, t -> List.of(t.getFirst().unaryOf(f)), in).getFirst();
                for (int i = 0; i < e.real().length; i++) {
                    double want = e.real()[i];
                    double got = a.get(i);
                    // for large angles the last place of the argument counts for much
                    boolean angle = f == UnaryFn.SIN || f == UnaryFn.COS || f == UnaryFn.TAN;
                    if (angle && Math.abs(x.real()[i]) > 1e4 && Double.isFinite(x.real()[i])) {
                        continue;
                    }
                    double allowed = 16 * OpCase.unit(type) * Math.max(Math.abs(want), least(type));
                    boolean same = Double.isNaN(want) ? Double.isNaN(got)
                            : want == got || Math.abs(want - got) <= allowed;
                    if (angle && !same) {
                        // near a zero or a pole errors are absolute or relative to the pole's distance
                        same = Math.abs(want - got) <= 16 * OpCase.unit(type) * (1 + want * want);
                    }
                    assertEquals(true, same, f + " of " + type + " " + x.real()[i] + ": " + got + ", expected " + want);
                }
            }
        }));
    }

    /// Below, numbers are subnormal, and engines may flush them.
    private static double least(DType t) {
        return switch (t) {
            case F64 -> 0x1p-1000;
            case F32, BF16 -> 0x1p-120;
            case F16 -> 0x1p-14;
            case I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException();
        };
    }

    @TestFactory
    Stream<DynamicTest> binary() {
        var engine = engines.open(device());
        return Arrays.stream(BinaryFn.values()).filter(f -> !f.bitwise()).map(f -> dynamicTest(f.toString(), () -> {
            for (var type : List.of(DType.F32, DType.F64)) {
                int n = SPECIAL.length;
                var a = Value.reals(type, Shape.of(n, 1), SPECIAL);
                var b = Value.reals(type, Shape.of(n), SPECIAL);
                var e = OpContract.expected(t -> List.of(t.get(0).binaryOf(f, t.get(1))), List.of(a, b)).getFirst();
                var r = OpContract.run(engine, t -> List.of(t.get(0).binaryOf(f, t.get(1))), List.of(a, b)).getFirst();
                for (int i = 0; i < n * n; i++) {
                    double want = e.at(i);
                    double got = r.get(i);
                    double allowed = 16 * OpCase.unit(type) * Math.max(Math.abs(want), least(type));
                    boolean same = Double.isNaN(want) ? Double.isNaN(got)
                            : want == got || Math.abs(want - got) <= allowed;
                    assertEquals(true, same, f + " of " + type + " " + SPECIAL[i / n] + ", " + SPECIAL[i % n] + ": "
                            + got + ", expected " + want);
                }
            }
        }));
    }

    /// Casts among all types at the limits of all types.
    @Test
    void casts() {
        var engine = engines.open(device());
        var whole = new long[] {0, 1, -1, 2, 127, 128, -128, -129, 255, 256, Integer.MAX_VALUE, Integer.MIN_VALUE,
            1L << 31, 1L << 32, (1L << 53) + 1,
            (1L << 24) + 1, Long.MAX_VALUE, Long.MIN_VALUE, 65504, 65520, 16777217, -16777219, 2049};
        for (var from : DType.values()) {
            var x = from.isFloat()
                    ? Value.reals(from, Shape.of(SPECIAL.length), SPECIAL)
                    : Value.wholes(from, Shape.of(whole.length), whole);
            for (var to : DType.values()) {
                var e = OpContract.expected(t -> List.of(t.getFirst().cast(to)), List.of(x)).getFirst();
                var a = OpContract.run(engine, t -> List.of(t.getFirst().cast(to)), List.of(x)).getFirst();
                for (int i = 0; i < x.shape().size(); i++) {
                    double want = e.at(i);
                    boolean subnormal = from.isFloat() && to.isFloat() && Math.abs(want) < 0x1p-126;
                    boolean same = subnormal || (to == DType.I64 ? e.whole()[i] == a.getLong(i)
                            : Double.compare(want + 0.0, a.get(i) + 0.0) == 0);
                    assertEquals(true, same,
                            from + " " + x.at(i) + " to " + to + ": " + a.get(i) + ", expected " + want);
                }
            }
        }
    }

    /// x − x, x · 0 and x ≠ x must not be simplified away: they tell NaN and infinity.
    @Test
    void simplificationKeepsNaN() {
        var engine = engines.open(device());
        var x = Value.reals(DType.F32, Shape.of(4), new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1, 0});
        Function<List<Tensor>, List<Tensor>> f = t -> {
            var v = t.getFirst();
            return List.of(
                    v.sub(v), v.mul(0), v.ne(v), v.eq(v), v.isFinite(), v.maximum(v), v.div(v), v.mul(v.reciprocal()),
                    v.exp().log(), v.pow(0),
                    v.add(0).mul(1).neg().neg(), v.rsub(0), v.sqrt().square(), v.isNaN().where(v.zerosLike(), v));
        };
        var e = OpContract.expected(f, List.of(x));
        var a = OpContract.run(engine, f, List.of(x));
        for (int i = 0; i < e.size(); i++) {
            Close.check("expression " + i, e.get(i), a.get(i), 1e-6);
        }
    }
}
