package dev.ijen.cpu;

import dev.ijen.spi.Plan.Ref;
import dev.ijen.spi.Region;

/// Which bytes a loop reads or writes, as rows: those of row r lie in [low, high) + r · step.
///
/// @param step bytes from row to row; 0 where the bytes are not apart by rows
/// @param low first byte of the first row, or of all
/// @param high last byte of it, exclusive
/// @param end of all rows, exclusive
/// @param late true if nothing is there before all rows are done
record RowAccess(int memory, long step, long low, long high, long end, boolean late) {
    /// @param stride of a load or store of `region`
    /// @param rows of the region, which are its first axes
    static RowAccess of(Region region, int rows, Ref ref, int[] stride, int offset, int size, boolean late) {
        int[] space = region.space();
        int lead = 0;
        for (int n = 1; n < rows; lead++) {
            n *= space[lead];
        }
        long low = ref.offset() + (long) offset * size;
        long high = low + size;
        long step = lead == 0 ? 0 : (long) stride[lead - 1] * size;
        for (int k = 0; k < lead - 1; k++) {
            step = stride[k] == stride[k + 1] * space[k + 1] ? step : 0;
        }
        for (int k = step > 0 ? lead : 0; k < space.length; k++) {
            long far = (long) stride[k] * (space[k] - 1) * size;
            low += Math.min(0, far);
            high += Math.max(0, far);
        }
        return step > 0
                ? new RowAccess(ref.memory(), step, low, high, high + (rows - 1) * step, late)
                : new RowAccess(ref.memory(), 0, low, high, high, late);
    }

    /// All of it.
    static RowAccess of(Ref ref) {
        long end = ref.offset() + ref.bytes();
        return new RowAccess(ref.memory(), 0, ref.offset(), end, end, false);
    }

    boolean overlaps(RowAccess o) {
        return memory == o.memory && low < o.end && o.low < end;
    }

    /// True if it matters that all rows of this come before any of another one, which is of a later loop: row by row, one of the other's may
    /// come first.
    boolean disturbs(RowAccess later) {
        boolean apart = step > 0 && step == later.step && Math.max(high, later.high) - Math.min(low, later.low) <= step;
        return overlaps(later) && !later.late && (late || !apart);
    }
}
