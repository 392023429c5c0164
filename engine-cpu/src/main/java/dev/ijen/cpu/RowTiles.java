package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;
import java.util.List;

/// Full tiles of a region as one function in machine code: rows of whole vectors, with whatever is one number for a row, the same row again and
/// again, or folded.
///
/// @param code of the rows
/// @param rows of a tile
/// @param together true if the rows of neighbouring tiles follow each other as those of one tile do
/// @param full tiles, before which there are none but full ones
record RowTiles(MachineCode code, int rows, boolean together, int full, Pointer[] pointers, List<Cleared> cleared) {
    /// An address.
    ///
    /// @param part bytes between the partial results of neighbouring parts
    record Pointer(Place place, long part) {}

    /// Results that are set to the neutral value first.
    ///
    /// @param each true if by each tile, false if by the first of a group, or of a part of one
    record Cleared(Pointer pointer, Pattern pattern, Folder folder, int tileRows, boolean each) {}

    /// Points of a call, about: the JVM waits for calls, so they are short.
    private static final int CALL = 1 << 16;

    /// Runs tiles; the frame stands at the first one.
    void run(Frame f, int first, int tiles, Nest nest) {
        int most = together ? Math.max(1, CALL / nest.tile()) : 1;
        int n;
        for (int t = 0; t < tiles; t += n) {
            n = Math.min(most, tiles - t);
            if (t > 0) {
                nest.seek(f.pos, first + t);
            }
            once(f, n * rows);
            f.first = false;
        }
    }

    private void once(Frame f, int n) {
        for (var c : cleared) {
            if (c.each || f.first) {
                c.pattern.clear(c.folder, at(c.pointer, f), c.tileRows);
            }
        }
        for (int k = 0; k < pointers.length; k++) {
            f.rowAt[k] = at(pointers[k], f);
        }
        code.run(f.rowAddresses, n);
    }

    private static long at(Pointer p, Frame f) {
        return p.place.at(f.pos) + f.chunk * p.part;
    }
}
