package dev.ijen.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Copies of parts of rows.
final class Slices {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private Slices() {}

    /// Copies `bytes`, a multiple of 2, of each of `rows` rows that are `step` bytes apart, one after the other.
    static void copy(long from, long step, long rows, long bytes, long to) {
        copy(from, step, rows, bytes, to, bytes);
    }

    /// The way back: `rows` rows of `bytes` bytes, one after the other, to places that are `step` bytes apart.
    static void spread(long from, long bytes, long rows, long step, long to) {
        copy(from, bytes, rows, bytes, to, step);
    }

    private static void copy(long from, long step, long rows, long bytes, long to, long toStep) {
        for (long r = 0; r < rows; r++) {
            long i = 0;
            for (; i + S.vectorByteSize() <= bytes; i += S.vectorByteSize()) {
                FloatVector.fromMemorySegment(S, Mem.ALL, from + i, Mem.ORDER)
                        .intoMemorySegment(Mem.ALL, to + i, Mem.ORDER);
            }
            for (; i + 4 <= bytes; i += 4) {
                Mem.i32(to + i, Mem.i32(from + i));
            }
            if (i < bytes) {
                Mem.i16(to + i, Mem.i16(from + i));
            }
            from += step;
            to += toStep;
        }
    }
}
