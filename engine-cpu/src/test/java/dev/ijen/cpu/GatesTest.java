package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.spi.Kernel.CellKind;
import dev.ijen.tensor.DType;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The activations of gates beside `Math`, and what cells do with them in machine code beside the Vector API: the same bits.
class GatesTest {
    /// Error in units of a float's last place.
    private static final double ULPS = 2.5;
    private static final float[] EDGES = {
        0, Float.MIN_VALUE, 1e-30f, 1e-8f, 0.3465f, 0.3466f, 9.09f, 9.11f, 20, 86.9f, 87.1f, 88.3f, 88.5f, 88.9f, 1000,
        Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN};

    private static long floats(Arena arena, float... x) {
        var m = arena.allocate(4L * x.length, 64);
        for (int i = 0; i < x.length; i++) {
            Mem.f32(m.address() + 4L * i, x[i]);
        }
        return m.address();
    }

    private static float[] read(long at, int n) {
        var x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = Mem.f32(at + 4L * i);
        }
        return x;
    }

    /// Numbers of all sizes, of both signs.
    private static float[] arguments(int n) {
        var random = new Random(1);
        var x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) ((random.nextDouble() - 0.5) * Math.scalb(1.0, random.nextInt(-20, 8)));
        }
        for (int i = 0; i < 2 * EDGES.length; i++) {
            x[i] = (i % 2 == 0 ? 1 : -1) * EDGES[i / 2];
        }
        return x;
    }

    private static void near(double expected, float got, double x, String what) {
        if (Double.isNaN(expected)) {
            assertTrue(Float.isNaN(got), what + " of " + x + " is " + got);
        } else {
            double unit = Math.max(Math.ulp((float) expected), Float.MIN_NORMAL);
            assertEquals(expected, got, ULPS * unit, what + " of " + x);
        }
    }

    @Test
    void activations() {
        int n = 1 << 14;
        var x = arguments(n);
        try (var arena = Arena.ofConfined()) {
            long tanh = floats(arena, x);
            F32Gates.tanh(tanh, tanh, n);
            long sigmoid = floats(arena, x);
            F32Gates.sigmoid(sigmoid, n);
            for (int i = 0; i < n; i++) {
                near(Math.tanh(x[i]), Mem.f32(tanh + 4L * i), x[i], "tanh");
                // nothing is asked for where the result has no normal float
                double s = 1 / (1 + Math.exp(-(double) x[i]));
                near(s, Mem.f32(sigmoid + 4L * i), x[i], "sigmoid");
            }
        }
    }

    /// Several rows of a part of the units, forward and back.
    @ParameterizedTest
    @EnumSource(value = CellKind.class, names = {"LSTM", "GRU"})
    void machineCode(CellKind cell) {
        int h = 96;
        int n = 64;
        int rows = 5;
        int gates = CellMath.gates(cell);
        var random = new Random(2);
        var sums = arguments(rows * gates * h);
        var states = IntStream.range(0, 5).mapToObj(i -> {
            var s = new float[rows * h];
            for (int j = 0; j < s.length; j++) {
                s[j] = (float) random.nextGaussian();
            }
            return s;
        }).toArray(float[][]::new);
        float[][] expected = null;
        for (var target : Targets.ways()) {
            try (var arena = Arena.ofConfined()) {
                var math = CellMath.of(cell, DType.F32, target);
                long g = floats(arena, sums);
                long xn = floats(arena, sums);
                long old = floats(arena, states[0]);
                long memory = floats(arena, states[1]);
                long y = floats(arena, states[2]);
                long dy = floats(arena, states[3]);
                long dh = floats(arena, states[4]);
                long dm = floats(arena, states[4]);
                long dx = floats(arena, sums);
                math.forward(rows, gates, g, 4L * h, xn + 8L * h, old, memory, y, n);
                math.backward(rows, gates, g, 4L * h, old, memory, dy, dh, dm, dx, n);
                float[][] got = {
                    read(g, rows * gates * h), read(memory, rows * h), read(y, rows * h), read(dh, rows * h),
                    read(dm, rows * h), read(dx, rows * gates * h)};
                expected = expected == null ? got : expected;
                for (int i = 0; i < got.length; i++) {
                    for (int j = 0; j < got[i].length; j++) {
                        assertEquals(expected[i][j], got[i][j], cell + " " + target + ", result " + i + " at " + j);
                    }
                }
            }
        }
    }
}
