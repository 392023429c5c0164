package dev.ijen.spi;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.UnaryFn;
import java.util.Arrays;
import java.util.List;

/// A fused loop nest in canonical form: for every point of `space` (row-major, no extents of 1 unless it is the only one,
/// mergeable neighbours merged) the body runs once in single assignment form, then values are stored or folded.
///
/// An index is Σ stride[axis] · point[axis] + offset, in elements, so views (broadcast, permute, slice, flip) cost nothing.
/// A region knows no blocks, threads or vectors: a CPU interprets it in cache-sized blocks, a GPU backend prints it as a
/// kernel. Values are of the four compute types F32, F64, I32, I64 (see [DType#compute]); truth values are I32 0 or 1.
///
/// @param space extents, at least one
/// @param body instructions; operands are indices of earlier ones
/// @param stores what leaves the loop
public record Region(int[] space, List<Instr> body, List<Store> stores) {
    /// How values that share a stored element are combined.
    public enum Fold {
        /// Sum; starts from 0.
        SUM,
        /// Greatest; NaN wins; starts from −∞ or the type's least value.
        MAX,
        /// Least; NaN wins; starts from +∞ or the type's greatest value.
        MIN
    }

    /// One value a point.
    public sealed interface Instr {
        /// Compute type of the value.
        DType type();

        /// The earlier values it reads.
        default int[] operands() {
            return switch (this) {
                case Unary u -> new int[] {u.a()};
                case Binary b -> new int[] {b.a(), b.b()};
                case Select s -> new int[] {s.a(), s.b(), s.c()};
                case Cast c -> new int[] {c.a()};
                case Load _,Imm _,Index _,Random _ -> new int[0];
            };
        }

        /// The element of launch input `input` at the index; `stored` is its type in memory.
        record Load(int input, DType stored, int[] stride, int offset) implements Instr {
            @Override
            public DType type() {
                return stored.compute();
            }

            @Override
            public boolean equals(Object o) {
                return o instanceof Load l
                        && input == l.input
                        && stored == l.stored
                        && offset == l.offset
                        && Arrays.equals(stride, l.stride);
            }

            @Override
            public int hashCode() {
                return 31 * (31 * input + offset) + Arrays.hashCode(stride);
            }
        }

        /// The same value everywhere; `real` for F32 and F64, `whole` for I32 and I64.
        record Imm(DType type, double real, long whole) implements Instr {}

        /// The index itself, as I32.
        record Index(int[] stride, int offset) implements Instr {
            @Override
            public DType type() {
                return DType.I32;
            }

            @Override
            public boolean equals(Object o) {
                return o instanceof Index i && offset == i.offset && Arrays.equals(stride, i.stride);
            }

            @Override
            public int hashCode() {
                return 31 * offset + Arrays.hashCode(stride);
            }
        }

        /// 32 random bits as I32: word `index & 3` of the [Philox] block of `index >>> 2`, with key and step taken from launch
        /// input `state` (I64[2]: seed, step).
        record Random(int state, int stream, int[] stride, int offset) implements Instr {
            @Override
            public DType type() {
                return DType.I32;
            }

            @Override
            public boolean equals(Object o) {
                return o instanceof Random r
                        && state == r.state
                        && stream == r.stream
                        && offset == r.offset
                        && Arrays.equals(stride, r.stride);
            }

            @Override
            public int hashCode() {
                return 31 * (31 * state + stream) + 31 * offset + Arrays.hashCode(stride);
            }
        }

        /// `f(a)` in `type`.
        record Unary(UnaryFn f, DType type, int a) implements Instr {}

        /// `f(a, b)`; both operands are of type `of`. Comparisons give I32 0 or 1.
        record Binary(BinaryFn f, DType of, int a, int b) implements Instr {
            @Override
            public DType type() {
                return f.comparison() ? DType.I32 : of;
            }
        }

        /// `c ≠ 0 ? a : b`; `c` is I32.
        record Select(DType type, int c, int a, int b) implements Instr {}

        /// Conversion of `a`, a value of compute type `from`, to `to`, which may be a storage type: then the value is rounded
        /// (F16, BF16), wrapped (I8, U8) or normalised (BOOL: NaN and anything but 0 become 1) and held in the compute type of `to`. Real to whole
        /// truncates toward zero, saturates at the limits of I32 or I64, and takes NaN to 0, as Java's casts do.
        record Cast(DType from, DType to, int a) implements Instr {
            @Override
            public DType type() {
                return to.compute();
            }
        }
    }

    /// Value `value` goes to launch output `output` at the index, converted to `stored`. With a fold, the stride is 0 along the
    /// folded axes and the output starts from the fold's neutral element; SUM is only stored as F32, F64, I32 or I64;
    /// what is folded into another type is one of its values.
    ///
    /// @param fold null for a plain store
    public record Store(int value, int output, DType stored, int[] stride, int offset, Fold fold) {
        @Override
        public boolean equals(Object o) {
            return o instanceof Store s
                    && value == s.value
                    && output == s.output
                    && stored == s.stored
                    && offset == s.offset
                    && fold == s.fold
                    && Arrays.equals(stride, s.stride);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * value + output) + 31 * offset + Arrays.hashCode(stride);
        }
    }

    /// Number of points.
    public int points() {
        int n = 1;
        for (int d : space) {
            n *= d;
        }
        return n;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Region r
                && Arrays.equals(space, r.space)
                && body.equals(r.body)
                && stores.equals(r.stores);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(space) + body.hashCode()) + stores.hashCode();
    }
}
