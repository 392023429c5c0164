package dev.ijen.cuda.call;

import dev.ijen.tensor.DType;
import java.util.Locale;

/// Parts of the names of kernels.
final class Names {
    private Names() {}

    /// The ending for an element type: `_f32`. Truth values are `_u8`: as numbers they are 0 and 1.
    static String of(DType t) {
        return "_" + (t == DType.BOOL ? DType.U8 : t).name().toLowerCase(Locale.ROOT);
    }

    /// The largest unit of 1 to 16 bytes that divides a row.
    ///
    /// @param rowBytes more than 0
    static int unit(long rowBytes) {
        return (int) Math.min(16, Long.lowestOneBit(rowBytes));
    }
}
