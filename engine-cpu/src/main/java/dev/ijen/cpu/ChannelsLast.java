package dev.ijen.cpu;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Copies images of a few channels from channels first to channels last, four bytes an element: [N, C, P] → [N, P, C]. That is how
/// pictures come to the first convolution.
record ChannelsLast(int images, int points, int channels) implements CpuKernel {
    private static final int MOST = 8;
    private static final int POINTS = 1 << 12;
    private static final VectorSpecies<Integer> S = IntVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    // where the lanes of three vectors of a result come from: a place in a vector of a channel, and whether it is that channel's
    private static final VectorShuffle<Integer> FROM0 = from(0);
    private static final VectorShuffle<Integer> FROM1 = from(1);
    private static final VectorShuffle<Integer> FROM2 = from(2);
    private static final VectorMask<Integer> SECOND0 = of(0, 1);
    private static final VectorMask<Integer> THIRD0 = of(0, 2);
    private static final VectorMask<Integer> SECOND1 = of(1, 1);
    private static final VectorMask<Integer> THIRD1 = of(1, 2);
    private static final VectorMask<Integer> SECOND2 = of(2, 1);
    private static final VectorMask<Integer> THIRD2 = of(2, 2);

    private static VectorShuffle<Integer> from(int result) {
        return VectorShuffle.fromOp(S, i -> (result * LANES + i) / 3);
    }

    private static VectorMask<Integer> of(int result, int channel) {
        var m = new boolean[LANES];
        for (int i = 0; i < LANES; i++) {
            m[i] = (result * LANES + i) % 3 == channel;
        }
        return VectorMask.fromArray(S, m, 0);
    }

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
        int i = from;
        for (; i + LANES <= to; i += LANES) {
            long at = x + 4L * i;
            long put = y + 12L * i;
            var a = load(at);
            var b = load(at + plane);
            var c = load(at + 2 * plane);
            mix(a, b, c, FROM0, SECOND0, THIRD0, put);
            mix(a, b, c, FROM1, SECOND1, THIRD1, put + 4L * LANES);
            mix(a, b, c, FROM2, SECOND2, THIRD2, put + 8L * LANES);
        }
        for (; i < to; i++) {
            long at = x + 4L * i;
            long put = y + 12L * i;
            Mem.i32(put, Mem.i32(at));
            Mem.i32(put + 4, Mem.i32(at + plane));
            Mem.i32(put + 8, Mem.i32(at + 2 * plane));
        }
    }

    private static void mix(IntVector a, IntVector b, IntVector c, VectorShuffle<Integer> from,
            VectorMask<Integer> second, VectorMask<Integer> third, long to) {
        a.rearrange(from).blend(b.rearrange(from), second).blend(c.rearrange(from), third)
                .intoMemorySegment(Mem.ALL, to, Mem.ORDER);
    }

    private static IntVector load(long at) {
        return IntVector.fromMemorySegment(S, Mem.ALL, at, Mem.ORDER);
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
