package dev.ijen.cpu;

import java.util.stream.IntStream;

/// Cuts work into tasks by its size alone.
final class Tasks {
    private static final int MOST = 256;

    private Tasks() {}

    /// How many tasks for `items` items that cost `cost` simple vector steps each.
    static int count(long items, long cost) {
        long wish = Math.clamp(items * Math.max(1, cost) / 32_768, 1, MOST);
        return (int) Math.max(1, Math.min(items, wish));
    }

    /// First item of a task; the item after the last is the next task's first.
    static int from(int task, int tasks, int items) {
        return (int) ((long) items * task / tasks);
    }

    /// How many items tasks have: all that occur.
    static int[] sizes(int tasks, int items) {
        return IntStream.range(0, tasks).map(t -> from(t + 1, tasks, items) - from(t, tasks, items)).distinct()
                .toArray();
    }
}
