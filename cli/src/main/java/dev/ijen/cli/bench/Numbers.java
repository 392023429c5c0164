package dev.ijen.cli.bench;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.lang.foreign.MemorySegment;

/// The numbers of the benchmarks, the same in every engine that is compared: a hash of a stream's number and an element's index.
///
/// ```
/// mix(x):  x ^= x >>> 16;  x *= 0x7FEB352D;  x ^= x >>> 15;  x *= 0x846CA68B;  x ^= x >>> 16
/// bits(s, i) = mix(mix(i) + mix(s + 1))
/// ```
final class Numbers {
    private static final int SETS = 8;

    private Numbers() {}

    private static int mix(int seed) {
        int x = seed;
        x ^= x >>> 16;
        x *= 0x7FEB352D;
        x ^= x >>> 15;
        x *= 0x846CA68B;
        return x ^ x >>> 16;
    }

    static int bits(int stream, int i) {
        return mix(mix(i) + mix(stream + 1));
    }

    /// In [0, 1).
    static float unit(int stream, int i) {
        return (bits(stream, i) >>> 8) * 0x1p-24f;
    }

    /// F32 in [−a, a).
    static HostTensor uniform(int stream, double a, int... dims) {
        var shape = Shape.of(dims);
        var v = new float[shape.size()];
        float width = (float) (2 * a);
        float low = (float) a;
        for (int i = 0; i < v.length; i++) {
            v[i] = unit(stream, i) * width - low;
        }
        return new HostTensor(DType.F32, shape, MemorySegment.ofArray(v));
    }

    static HostTensor full(double value, int... dims) {
        var shape = Shape.of(dims);
        var v = new float[shape.size()];
        java.util.Arrays.fill(v, (float) value);
        return new HostTensor(DType.F32, shape, MemorySegment.ofArray(v));
    }

    /// I32 in [0, bound).
    static HostTensor symbols(int stream, int bound, int... dims) {
        var shape = Shape.of(dims);
        var v = new int[shape.size()];
        for (int i = 0; i < v.length; i++) {
            v[i] = Integer.remainderUnsigned(bits(stream, i), bound);
        }
        return new HostTensor(DType.I32, shape, MemorySegment.ofArray(v));
    }

    /// I32 [8, n]: step k takes row k mod 8. Seven of ten labels are the same in all rows, the rest are noise.
    static HostTensor labels(int n, int classes) {
        var v = new int[SETS * n];
        for (int m = 0; m < v.length; m++) {
            int bits = unit(3, m) < 0.7f ? bits(2, m % n) : bits(4, m);
            v[m] = Integer.remainderUnsigned(bits, classes);
        }
        return new HostTensor(DType.I32, Shape.of(SETS, n), MemorySegment.ofArray(v));
    }
}
