package dev.ijen.cpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Half;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.Function;

/// Runs single kernels on arrays. Outputs are surrounded by marks and filled with rubbish first.
final class KernelBench {
    private static final long GUARD = 256;
    private static final byte MARK = 0x5a;

    private KernelBench() {}

    /// The norm of the error, of that of the result.
    static double error(double[] got, double[] expected) {
        double error = 0;
        double norm = 0;
        for (int i = 0; i < got.length; i++) {
            error += (got[i] - expected[i]) * (got[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        return Math.sqrt(error / norm);
    }

    /// Runs the kernel twice on `threads` threads and returns its output's bits, one long an element.
    static long[] run(DType dtype, int threads, Function<Pool, CpuKernel> of, int outCount, double[]... inputs) {
        return run(dtype, threads, of, new int[] {outCount}, inputs)[0];
    }

    /// The same for a kernel with several outputs.
    static long[][] run(DType dtype, int threads, Function<Pool, CpuKernel> of, int[] outCounts, double[]... inputs) {
        try (var arena = Arena.ofConfined();
                var pool = new ThreadPool(threads)) {
            CpuKernel kernel = of.apply(pool);
            var in = new long[inputs.length];
            for (int i = 0; i < in.length; i++) {
                in[i] = write(arena, dtype, inputs[i]);
            }
            var out = new MemorySegment[outCounts.length];
            var at = new long[out.length];
            var got = new long[out.length][];
            for (int o = 0; o < out.length; o++) {
                out[o] = marked(arena, (long) outCounts[o] * dtype.bytes());
                at[o] = out[o].address() + GUARD;
                got[o] = new long[outCounts[o]];
            }
            MemorySegment scratch = marked(arena, kernel.scratchBytes());
            try (var bound = kernel.bind(in, at, scratch.address() + GUARD, pool)) {
                for (int round = 0; round < 2; round++) {
                    for (int o = 0; o < out.length; o++) {
                        out[o].asSlice(GUARD, (long) outCounts[o] * dtype.bytes()).fill((byte) 0xff);
                    }
                    bound.run();
                    for (int o = 0; o < out.length; o++) {
                        for (int i = 0; i < outCounts[o]; i++) {
                            long bits = bits(dtype, at[o], i);
                            assertEquals(round == 0 ? bits : got[o][i], bits, "second run differs");
                            got[o][i] = bits;
                        }
                    }
                }
            }
            for (var o : out) {
                checkMarks(o, "output");
            }
            checkMarks(scratch, "scratch");
            return got;
        }
    }

    /// Values of what [#run] returned.
    static double[] values(DType dtype, long[] bits) {
        var v = new double[bits.length];
        for (int i = 0; i < v.length; i++) {
            v[i] = switch (dtype) {
                case F32 -> Float.intBitsToFloat((int) bits[i]);
                case F64 -> Double.longBitsToDouble(bits[i]);
                case F16 -> Float.float16ToFloat((short) bits[i]);
                case BF16 -> Half.fromBf16((short) bits[i]);
                case I32, I64, I8, U8, BOOL -> bits[i];
            };
        }
        return v;
    }

    /// Random values that `dtype` holds exactly.
    static double[] random(long seed, DType dtype, int n) {
        var r = new Random(seed);
        var v = new double[n];
        for (int i = 0; i < n; i++) {
            double g = r.nextDouble() * 2 - 1;
            v[i] = switch (dtype) {
                case F32 -> (float) g;
                case F64 -> g;
                case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) g));
                case BF16 -> Half.fromBf16(Half.toBf16((float) g));
                case I32 -> (int) (g * 1e9);
                case I64 -> (long) (g * 1e15);
                case I8 -> (byte) (g * 127);
                case U8 -> (int) (Math.abs(g) * 255);
                case BOOL -> g > 0 ? 1 : 0;
            };
        }
        return v;
    }

    private static MemorySegment marked(Arena arena, long bytes) {
        MemorySegment s = arena.allocate(bytes + 2 * GUARD, 64);
        s.fill(MARK);
        return s;
    }

    private static void checkMarks(MemorySegment s, String what) {
        for (long i = 0; i < GUARD; i++) {
            assertEquals(MARK, s.get(JAVA_BYTE, i), what + ": written before the start");
            assertEquals(
                    MARK,
                    s.get(JAVA_BYTE, s.byteSize() - 1 - i),
                    what + ": written past the end");
        }
    }

    private static long write(Arena arena, DType dtype, double[] v) {
        long at = arena.allocate(Math.max(1, (long) v.length * dtype.bytes()), 64).address();
        for (int i = 0; i < v.length; i++) {
            long to = at + (long) i * dtype.bytes();
            switch (dtype) {
                case F32 -> Mem.f32(to, (float) v[i]);
                case F64 -> Mem.f64(to, v[i]);
                case F16 -> Mem.i16(to, Float.floatToFloat16((float) v[i]));
                case BF16 -> Mem.i16(to, Half.toBf16((float) v[i]));
                case I32 -> Mem.i32(to, (int) v[i]);
                case I64 -> Mem.i64(to, (long) v[i]);
                case I8, U8, BOOL -> Mem.i8(to, (byte) (int) v[i]);
            }
        }
        return at;
    }

    private static long bits(DType dtype, long base, int i) {
        long at = base + (long) i * dtype.bytes();
        return switch (dtype) {
            case F32, I32 -> Mem.i32(at);
            case F64, I64 -> Mem.i64(at);
            case F16, BF16 -> Mem.i16(at);
            case I8 -> Mem.i8(at);
            case U8, BOOL -> Mem.i8(at) & 0xff;
        };
    }
}
