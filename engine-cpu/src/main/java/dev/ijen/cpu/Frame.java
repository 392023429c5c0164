package dev.ijen.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// What one worker knows while it runs a region.
final class Frame {
    /// Address of the block of each value, and after them of the block to work in.
    final long[] at;
    /// The same addresses, for machine code.
    final MemorySegment addresses;
    /// Address of the worker's own block for each value that needs one.
    final long[] own;
    /// Where the loops stand.
    final int[] pos;
    /// For each value that stays the same from tile to tile: origin and rows of what is in its block.
    final long[] seen;

    final int[] seenRows;
    /// Addresses for [RowTiles].
    final long[] rowAt;

    final MemorySegment rowAddresses;
    /// A block to work in.
    long temp;
    /// Rows and points of the tile.
    int rows;

    int n;
    /// True at the first tile of a group or of a part of one.
    boolean first;
    /// Part of the group.
    int chunk;

    Frame(int values, int loops, int pointers) {
        at = new long[values];
        addresses = MemorySegment.ofArray(at);
        own = new long[values];
        rowAt = new long[pointers];
        rowAddresses = MemorySegment.ofArray(rowAt);
        pos = new int[loops];
        seen = new long[values];
        seenRows = new int[values];
    }

    void forget() {
        Arrays.fill(seenRows, 0);
    }
}
