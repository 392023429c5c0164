package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.cpu.x86.Target;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Half;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Rows of halves as floats and back: each number as `Half` converts it, NaN and the smallest numbers, too, and nothing outside of rows touched.
class HalfCopyTest {
    private static final int[] WIDTHS = {1, 7, 8, 15, 16, 17, 40, 64, 100};
    private static final int ROWS = 3;
    private static final int GAP = 5; // numbers between rows
    private static final short RUBBISH = 0x1234;

    @ParameterizedTest
    @MethodSource("dev.ijen.cpu.Targets#ways")
    void everyNumber(Target target) {
        for (DType type : new DType[] {DType.BF16, DType.F16}) {
            var copy = HalfCopy.of(type, target);
            int n = 1 << 16;
            try (var arena = Arena.ofConfined()) {
                var halves = arena.allocate(2L * n, 64);
                var floats = arena.allocate(4L * n, 64);
                for (int i = 0; i < n; i++) {
                    halves.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
                }
                copy.widen(halves.address(), 0, floats.address(), 0, 1, n);
                for (int i = 0; i < n; i++) {
                    float expected = type == DType.BF16 ? Half.fromBf16((short) i) : Float.float16ToFloat((short) i);
                    assertEquals(Float.floatToRawIntBits(expected), floats.getAtIndex(ValueLayout.JAVA_INT, i));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ijen.cpu.Targets#ways")
    void rows(Target target) {
        var random = new SplittableRandom(3);
        for (DType type : new DType[] {DType.BF16, DType.F16}) {
            var copy = HalfCopy.of(type, target);
            for (int n : WIDTHS) {
                try (var arena = Arena.ofConfined()) {
                    int row = n + GAP;
                    var floats = arena.allocate(4L * ROWS * row, 64);
                    for (int i = 0; i < ROWS * row; i++) {
                        floats.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt());
                    }
                    var halves = rubbish(ROWS * row, arena);
                    copy.narrow(floats.address(), 4L * row, halves.address(), 2L * row, ROWS, n);
                    var back = arena.allocate(4L * ROWS * row, 64);
                    copy.widen(halves.address(), 2L * row, back.address(), 4L * row, ROWS, n);
                    for (int i = 0; i < ROWS * row; i++) {
                        float x = floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                        short got = halves.getAtIndex(ValueLayout.JAVA_SHORT, i);
                        if (i % row >= n) {
                            assertEquals(RUBBISH, got, "behind a row of " + n);
                            assertEquals(0, back.getAtIndex(ValueLayout.JAVA_INT, i), "behind a row of " + n);
                            continue;
                        }
                        short half = type == DType.BF16 ? Half.toBf16(x) : Float.floatToFloat16(x);
                        assertEquals(half, got, type + " of " + x);
                    }
                    copy.narrow(floats.address(), 0, halves.address(), 0, 0, n);
                    copy.widen(halves.address(), 0, back.address(), 0, 0, n);
                }
            }
        }
    }

    private static MemorySegment rubbish(int n, Arena arena) {
        var m = arena.allocate(2L * n, 64);
        for (int i = 0; i < n; i++) {
            m.setAtIndex(ValueLayout.JAVA_SHORT, i, RUBBISH);
        }
        return m;
    }
}
