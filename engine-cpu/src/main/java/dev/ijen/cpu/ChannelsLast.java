package dev.ijen.cpu;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import java.util.Arrays;

/// Copies images of a few channels from channels first to channels last, four bytes an element: [N, C, P] → [N, P, C]. That is how
/// pictures come to the first convolution.
record ChannelsLast(int images, int points, int channels) implements CpuKernel {
    private static final int MOST = 8;
    private static final int POINTS = 1 << 12;

    /// Null if the region is something else.
    static CpuKernel of(Region region) {
        int[] space = region.space();
        int rank = space.length;
        boolean copy = region.body().size() == 1 && region.stores().size() == 1 && (rank == 2 || rank == 3)
                && space[rank - 1] <= MOST;
        if (!copy || !(region.body().getFirst() instanceof Instr.Load load)) {
            return null;
        }
        int n = rank == 3 ? space[0] : 1;
        int p = space[rank - 2];
        int c = space[rank - 1];
        var store = region.stores().getFirst();
        int[] from = rank == 3 ? new int[] {c * p, 1, p} : new int[] {1, p};
        int[] to = rank == 3 ? new int[] {c * p, c, 1} : new int[] {c, 1};
        boolean fits = p >= POINTS && load.stored().bytes() == 4 && load.stored() == store.stored()
                && load.offset() == 0
                && store.offset() == 0 && store.fold() == null && Arrays.equals(load.stride(), from)
                && Arrays.equals(store.stride(), to);
        return fits ? new ChannelsLast(n, p, c) : null;
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int parts = Math.ceilDiv(points, POINTS);
        Pool.Task task = (t, worker) -> {
            long image = 4L * (t / parts) * points * channels;
            int from = t % parts * POINTS;
            int to = Math.min(points, from + POINTS);
            if (channels == 3) {
                three(in[0] + image, out[0] + image, from, to);
            } else {
                any(in[0] + image, out[0] + image, from, to);
            }
        };
        return () -> pool.parallel(images * parts, task);
    }

    private void three(long x, long y, int from, int to) {
        long plane = 4L * points;
        for (int i = from; i < to; i++) {
            long at = x + 4L * i;
            long put = y + 12L * i;
            Mem.i32(put, Mem.i32(at));
            Mem.i32(put + 4, Mem.i32(at + plane));
            Mem.i32(put + 8, Mem.i32(at + 2 * plane));
        }
    }

    private void any(long x, long y, int from, int to) {
        long plane = 4L * points;
        for (int i = from; i < to; i++) {
            for (int c = 0; c < channels; c++) {
                Mem.i32(y + 4 * ((long) i * channels + c), Mem.i32(x + 4L * i + c * plane));
            }
        }
    }
}
