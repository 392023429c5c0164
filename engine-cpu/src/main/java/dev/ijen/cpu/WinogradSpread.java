package dev.ijen.cpu;

/// Tasks of some tiles each, for transforms alone.
record WinogradSpread(int tiles, int each) {
    /// Floats of tiles' points that are one task.
    private static final int TASK = 1 << 16;

    WinogradSpread(WinogradShape s, int tiles) {
        this(tiles, Math.clamp(TASK / (WinogradShape.POINTS * (long) Math.max(s.c(), s.k())), 1, tiles));
    }

    int tasks() {
        return Math.ceilDiv(tiles, each);
    }

    int from(int task) {
        return task * each;
    }

    int count(int task) {
        return Math.min(each, tiles - from(task));
    }
}
