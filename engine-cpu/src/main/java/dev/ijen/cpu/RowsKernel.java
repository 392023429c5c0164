package dev.ijen.cpu;

import java.util.Arrays;
import java.util.List;

/// Loops over the same rows, one after the other, run together: a thread takes some rows through all of them while they are in its cache,
/// and then the next ones. What each loop computes, tile by tile and in the order of its tiles, is what it computes alone: the same bits.
/// Their time and their failures count as the first one's.
///
/// @param loops in order, each of whose row depends on the same row of those before, and on none of their other rows
/// @param inputs of each loop, among all
/// @param outputs of each loop, among all
/// @param rows of all of them
/// @param block rows that are taken through all loops at once
/// @param unit rows that one thread takes, a whole number of blocks: as many as loops fold into the same partial results
/// @param tasks into which units are cut
record RowsKernel(List<RegionKernel> loops, int[] inputs, int[] outputs, int rows, int block, int unit, int tasks)
        implements CpuKernel {
    /// Each has its own: they run in turn.
    @Override
    public long scratchBytes() {
        return loops.stream().mapToLong(k -> Mem.align(k.scratchBytes())).sum();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        var runs = new RegionRun[loops.size()];
        var step = new int[runs.length];
        int i = 0;
        int o = 0;
        long at = scratch;
        for (int l = 0; l < runs.length; l++) {
            var k = loops.get(l);
            long[] from = Arrays.copyOfRange(in, i, i + inputs[l]);
            long[] to = Arrays.copyOfRange(out, o, o + outputs[l]);
            runs[l] = k.bind(from, to, at, pool);
            step[l] = (int) ((long) block * k.region().points() / rows / k.nest().tile());
            i += inputs[l];
            o += outputs[l];
            at += Mem.align(k.scratchBytes());
        }
        int units = rows / unit;
        int blocks = unit / block;
        Pool.Task task = (t, worker) -> {
            for (var r : runs) {
                r.enter(worker);
            }
            int to = Tasks.from(t + 1, tasks, units) * blocks;
            for (int b = Tasks.from(t, tasks, units) * blocks; b < to; b++) {
                for (int l = 0; l < runs.length; l++) {
                    runs[l].range(b * step[l], (b + 1) * step[l], worker);
                }
            }
        };
        return () -> {
            for (var r : runs) {
                r.begin();
            }
            pool.parallel(tasks, task);
            for (var r : runs) {
                r.end();
            }
        };
    }
}
