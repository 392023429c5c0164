package dev.ijen.cpu;

import dev.ijen.spi.Region.Fold;
import dev.ijen.tensor.DType;

/// Combines values of one compute type into stored ones. The order is fixed by the arguments alone.
interface Folder {
    /// Size of an element.
    int bytes();

    /// Folds n neighbours into the one element at `to`.
    void reduce(long from, int n, long to);

    /// Folds each of n neighbours into its own element, `step` bytes apart.
    void into(long from, long to, long step, int n);

    /// to[i] = a[i] with b[i] folded in, for neighbours; may write up to a vector more, and `to` may be `a`.
    void pair(long a, long b, long to, int n);

    /// Sets n elements, `step` bytes apart, to the neutral value.
    void clear(long to, long step, int n);

    static Folder of(DType type, Fold fold) {
        return switch (type) {
            case F32 -> switch (fold) {
                case SUM -> new F32Fold.Sum();
                case MAX -> new F32Fold.Max();
                case MIN -> new F32Fold.Min();
            };
            case F64 -> new F64Fold(fold);
            case I32 -> new I32Fold(fold);
            case I64 -> new I64Fold(fold);
            case F16, BF16, I8, U8, BOOL -> throw new IllegalArgumentException("fold in " + type);
        };
    }
}
