package dev.ijen.cuda.call;

import dev.ijen.cuda.driver.Arguments;
import dev.ijen.cuda.driver.Grid;
import dev.ijen.cuda.driver.KernelLaunch;
import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.AttentionPass;
import java.lang.foreign.Arena;
import java.util.ArrayList;

/// Attention in tiles of 64 queries × 64 keys. A block has 64 columns of the results, and makes the scores for itself.
///
/// @param forward null in the gradient; the others are null in the forward pass
/// @param delta sums o ∘ do of each query
record AttentionCall(
        Kernel.Attention k, Entry forward, Entry delta, Entry queries, Entry keys) implements CudaKernel {
    private static final int SIDE = 64;

    static AttentionCall of(Kernel.Attention k, Kit kit) {
        return switch (k.pass()) {
            case FORWARD -> new AttentionCall(k, entry(k, "attention", kit), null, null, null);
            case GRADIENT -> new AttentionCall(
                    k, null, entry(k, "attention_delta", kit), entry(k, "attention_dq", kit),
                    entry(k, "attention_dkv", kit));
        };
    }

    private static Entry entry(Kernel.Attention k, String name, Kit kit) {
        return Entry.of(kit, "attention", name + Names.of(k.dtype()));
    }

    @Override
    public long scratchBytes() {
        return k.pass() == AttentionPass.FORWARD
                ? 0
                : (long) k.n() * k.heads() * k.tq() * k.dtype().compute().bytes();
    }

    @Override
    public Bound bind(long[] in, long[] out, long scratch, long error, Arena arena) {
        var launches = new ArrayList<KernelLaunch>();
        switch (k.pass()) {
            case FORWARD -> {
                var a = new Arguments().pointer(in[0]).pointer(in[1]).pointer(in[2]).pointer(k.lengths() ? in[3] : 0);
                launches.add(forward.launch(grid(k.heads(), k.tq()), scaled(a.pointer(out[0]).pointer(out[1])), arena));
            }
            case GRADIENT -> {
                if (k.tq() > 0) {
                    int rows = Math.multiplyExact(Math.multiplyExact(k.n(), k.tq()), k.heads());
                    var a = shape(new Arguments().pointer(in[3]).pointer(in[5]).pointer(scratch).i32(rows));
                    launches.add(delta.launch(Teams.grid(rows, k.d()), a, arena));
                    launches.add(queries.launch(grid(k.heads(), k.tq()), gradient(in, scratch, out[0]), arena));
                }
                if (k.tk() > 0) {
                    var a = gradient(in, scratch, out[1], out[2]);
                    launches.add(keys.launch(grid(k.kvHeads(), k.tk()), a, arena));
                }
            }
        }
        return Launches.of(launches);
    }

    /// A block for each sequence, head, tile and share of the columns.
    private Grid grid(int heads, int length) {
        long blocks = (long) k.n() * heads * Math.ceilDiv(length, SIDE) * Math.ceilDiv(k.d(), SIDE);
        return Grid.of(Math.toIntExact(blocks), 256);
    }

    private Arguments gradient(long[] in, long delta, long... out) {
        var a = new Arguments().pointer(in[0]).pointer(in[1]).pointer(in[2]).pointer(in[5]).pointer(in[4]);
        a.pointer(delta).pointer(k.lengths() ? in[6] : 0);
        for (long p : out) {
            a.pointer(p);
        }
        return scaled(a);
    }

    private Arguments shape(Arguments a) {
        return a.i32(k.n(), k.heads(), k.kvHeads(), k.tq(), k.tk(), k.d(), k.qStride(), k.kStride(), k.vStride())
                .i32(k.causal() ? 1 : 0);
    }

    private Arguments scaled(Arguments a) {
        return shape(a).i64(Double.doubleToRawLongBits(k.scale()));
    }
}
