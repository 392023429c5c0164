package dev.ijen.cpu;

/// The gradient of a convolution's input in plain Java, for any steps: for each line of dx and each filter tap that
/// reaches it, a matrix product of the line of dy with the tap is added to every stride-th element.
final class JavaConvInput implements CpuKernel {
    private final ConvShape s;
    private final Micro u;
    private final int strips;
    private final long stripBytes;

    JavaConvInput(ConvShape s, Micro u) {
        this.s = s;
        this.u = u;
        strips = Gemm.strips(u, s.cg());
        stripBytes = Gemm.stripBytes(u, s.kg());
    }

    @Override
    public long scratchBytes() {
        return (long) s.groups() * s.taps() * strips * stripBytes;
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, Pool pool) {
        int packs = s.groups() * s.taps() * strips;
        Pool.Task pack = (task, worker) -> pack(task, in[1], scratch);
        Pool.Task line = (task, worker) -> line(task, in[0], scratch, out[0]);
        return () -> {
            pool.parallel(packs, pack);
            pool.parallel(s.n() * s.in()[0] * s.in()[1], line);
        };
    }

    /// Strips of [kg, cg], the filter of one tap of one group.
    private void pack(int task, long w, long packed) {
        long e = u.bytes();
        int j = task % strips * u.strip();
        int t = task / strips % s.taps();
        int g = task / strips / s.taps();
        long from = w + (((long) g * s.kg() * s.taps() + t) * s.cg() + j) * e;
        int n = Math.min(u.strip(), s.cg() - j);
        u.pack(from, (long) s.taps() * s.cg() * e, e, s.kg(), n, packed + task * stripBytes);
    }

    private void line(int task, long dy, long packed, long dx) {
        int[] in = s.in();
        int[] out = s.out();
        long lineBytes = (long) in[2] * s.c() * u.bytes();
        long to = dx + task * lineBytes;
        Mem.zero(to, lineBytes);
        int y = task % in[1];
        int z = task / in[1] % in[0];
        int n = task / in[1] / in[0];
        for (int tz = 0; tz < s.size()[0]; tz++) {
            int oz = source(0, z, tz);
            for (int ty = 0; ty < s.size()[1] && oz >= 0; ty++) {
                int oy = source(1, y, ty);
                if (oy >= 0) {
                    long from = dy + (((long) n * out[0] + oz) * out[1] + oy) * out[2] * s.k() * u.bytes();
                    taps((tz * s.size()[1] + ty) * s.size()[2], from, packed, to);
                }
            }
        }
    }

    /// The output position whose window has element `at` at tap `t`, or −1.
    private int source(int axis, int at, int t) {
        int p = at + s.pad()[axis] - t * s.dilation()[axis];
        int q = Math.floorDiv(p, s.stride()[axis]);
        return p == q * s.stride()[axis] && q >= 0 && q < s.out()[axis] ? q : -1;
    }

    private void taps(int firstTap, long from, long packed, long to) {
        long e = u.bytes();
        int stride = s.stride()[2];
        for (int t = 0; t < s.size()[2]; t++) {
            int shift = t * s.dilation()[2] - s.pad()[2]; // output q reaches input q · stride + shift
            int q0 = Math.max(0, -Math.floorDiv(shift, stride));
            int q1 = Math.min(s.out()[2], Math.floorDiv(s.in()[2] - 1 - shift, stride) + 1);
            if (q1 <= q0) {
                continue;
            }
            for (int g = 0; g < s.groups(); g++) {
                long b = packed + ((long) g * s.taps() + firstTap + t) * strips * stripBytes;
                long a = from + ((long) q0 * s.k() + (long) g * s.kg()) * e;
                long c = to + ((long) (q0 * stride + shift) * s.c() + (long) g * s.cg()) * e;
                long ldc = (long) stride * s.c() * e;
                Gemm.run(
                        u, q1 - q0, s.cg(), s.kg(), a, s.k() * e, e, b, stripBytes, u.strip() * e, c, ldc, true, 0);
            }
        }
    }
}
