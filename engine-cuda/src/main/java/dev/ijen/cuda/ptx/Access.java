package dev.ijen.cuda.ptx;

import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;

/// Where a load or store touches memory, in elements: Σ stride · point + offset.
record Access(DType stored, int[] stride, int offset) {
    static Access of(Instr.Load l) {
        return new Access(l.stored(), l.stride(), l.offset());
    }

    static Access of(Store s) {
        return new Access(s.stored(), s.stride(), s.offset());
    }

    /// Stride along the last axis.
    int inner() {
        return stride[stride.length - 1];
    }

    /// True if `lanes` points in a row are neighbours in memory that begin at a multiple of `lanes`.
    boolean vector(int lanes) {
        boolean fits = lanes > 1 && inner() == 1 && offset % lanes == 0;
        for (int i = 0; i < stride.length - 1; i++) {
            fits &= stride[i] % lanes == 0;
        }
        return fits;
    }

    /// Bytes to which a base address must be aligned for `lanes` elements at once.
    int alignment(int lanes) {
        return Math.min(16, lanes * stored.bytes());
    }

    /// Axes along which it moves.
    int mask() {
        return mask(stride);
    }

    static int mask(int[] stride) {
        int m = 0;
        for (int i = 0; i < stride.length; i++) {
            m |= stride[i] == 0 ? 0 : 1 << i;
        }
        return m;
    }
}
