package dev.ijen.cpu;

/// Where a view's tile starts: an address or index that moves with the loops.
record Place(long base, long[] step) {
    long at(int[] pos) {
        long a = base;
        for (int k = 0; k < pos.length; k++) {
            a += pos[k] * step[k];
        }
        return a;
    }
}
