package dev.ijen.cpu;

import dev.ijen.cpu.x86.HalfRows;
import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.cpu.x86.Target;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Half;

/// Copies rows of F16 or BF16 to floats, and back: whole vectors of BF16 in machine code, all else number by number.
///
/// @param dtype of the halves
/// @param widen null where there is no machine code
/// @param narrow null where there is no machine code
/// @param lanes numbers that machine code does at once
record HalfCopy(DType dtype, MachineCode widen, MachineCode narrow, int lanes) {
    /// @param code true if machine code may be used
    static HalfCopy of(DType dtype, boolean code) {
        return of(dtype, code ? Target.best() : null);
    }

    /// @param target that the processor has, or null for Java alone
    static HalfCopy of(DType dtype, Target target) {
        if (target == null || dtype != DType.BF16) {
            return new HalfCopy(dtype, null, null, 1);
        }
        return new HalfCopy(dtype, HalfRows.widen(target), HalfRows.narrow(target), target.lanes());
    }

    /// Rows of `n` numbers, which begin `step` bytes apart, to rows of floats `next` bytes apart.
    void widen(long from, long step, long to, long next, int rows, int n) {
        int whole = widen == null || rows == 0 ? 0 : n - n % lanes;
        if (whole > 0) {
            widen.run(from, step, to, next, rows, whole / lanes, 0, 0, 0, 0, 0);
        }
        for (int r = 0; r < rows && whole < n; r++) {
            widen(from + r * step, to + r * next, whole, n);
        }
    }

    /// Rows of `n` floats, which begin `step` bytes apart, rounded to rows of numbers `next` bytes apart.
    void narrow(long from, long step, long to, long next, int rows, int n) {
        int whole = narrow == null || rows == 0 ? 0 : n - n % lanes;
        if (whole > 0) {
            narrow.run(from, step, to, next, rows, whole / lanes, 0, 0, 0, 0, 0);
        }
        for (int r = 0; r < rows && whole < n; r++) {
            narrow(from + r * step, to + r * next, whole, n);
        }
    }

    private void widen(long from, long to, int first, int last) {
        if (dtype == DType.BF16) {
            for (long i = first; i < last; i++) {
                Mem.f32(to + 4 * i, Half.fromBf16(Mem.i16(from + 2 * i)));
            }
        } else {
            for (long i = first; i < last; i++) {
                Mem.f32(to + 4 * i, Float.float16ToFloat(Mem.i16(from + 2 * i)));
            }
        }
    }

    private void narrow(long from, long to, int first, int last) {
        if (dtype == DType.BF16) {
            for (long i = first; i < last; i++) {
                Mem.i16(to + 2 * i, Half.toBf16(Mem.f32(from + 4 * i)));
            }
        } else {
            for (long i = first; i < last; i++) {
                Mem.i16(to + 2 * i, Float.floatToFloat16(Mem.f32(from + 4 * i)));
            }
        }
    }
}
