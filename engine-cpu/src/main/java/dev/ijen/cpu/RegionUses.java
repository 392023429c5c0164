package dev.ijen.cpu;

import dev.ijen.cpu.x86.Loop;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;
import java.util.List;

/// What is known of a region's values once addresses are: where each is read for the last time, which need a block of their own,
/// which stores have to wait.
final class RegionUses {
    /// The value that a cast without effect stands for; each other value itself.
    final int[] same;
    /// The last instruction that reads each value.
    final int[] lastUse;
    /// Values that cannot be read where they lie in memory.
    final boolean[] needsBlock;
    /// Values that not only machine code reads.
    final boolean[] outside;
    /// How each value that is read from memory, or counted, lies in a tile.
    final Pattern[] patterns;
    /// Stores that must wait until the whole body is done.
    final boolean[] late;

    private final boolean compiled;
    private final Region region;
    private final List<Instr> body;
    private final long[] in;
    private final long[] out;

    RegionUses(RegionKernel kernel, long[] in, long[] out) {
        compiled = kernel.code() != null;
        region = kernel.region();
        body = region.body();
        this.in = in;
        this.out = out;
        int n = body.size();
        same = new int[n];
        lastUse = new int[n];
        needsBlock = new boolean[n];
        outside = new boolean[n];
        patterns = new Pattern[n];
        late = new boolean[region.stores().size()];
        analyse(kernel.nest());
    }

    private void analyse(Nest nest) {
        for (int i = 0; i < body.size(); i++) {
            boolean idle = body.get(i) instanceof Instr.Cast c && Casts.of(c.from(), c.to()) == null;
            same[i] = idle ? same[body.get(i).operands()[0]] : i;
            lastUse[same[i]] = i;
            patterns[i] = switch (body.get(i)) {
                case Instr.Load l -> nest.pattern(l.stride(), l.stored().bytes());
                case Instr.Index x -> nest.pattern(x.stride(), 1);
                case Instr.Random r -> nest.pattern(r.stride(), 1);
                case Instr.Imm _,Instr.Unary _,Instr.Binary _,Instr.Select _,Instr.Cast _ -> null;
            };
            for (int o : body.get(i).operands()) {
                lastUse[same[o]] = i;
            }
            if (!inCode(i)) {
                outside(i);
            }
        }
        for (Store s : region.stores()) {
            needsBlock[same[s.value()]] = true;
            outside[same[s.value()]] = true;
        }
        for (int k = 0; k < late.length; k++) {
            Store s = region.stores().get(k);
            late[k] = s.fold() == null && overwritesInput(s);
        }
        for (int k = 0; k < late.length; k++) {
            int v = same[region.stores().get(k).value()];
            lastUse[v] = late[k] ? body.size() : lastUse[v];
        }
    }

    /// True for an instruction that is left to machine code.
    boolean inCode(int i) {
        return compiled && Loop.takes(body.get(i));
    }

    /// Notes what an instruction that is interpreted reads.
    private void outside(int at) {
        Instr i = body.get(at);
        for (int o : i.operands()) {
            outside[same[o]] |= same[at] == at;
            boolean alone = i instanceof Instr.Binary b
                    && (Functions.right(b, uniform(b.b())) && o == b.b() && o != b.a()
                            || Functions.left(b, uniform(b.a()), uniform(b.b())) && o == b.a() && o != b.b());
            needsBlock[same[o]] |= !alone;
        }
    }

    /// True for a value that is one number throughout each tile and can be read from memory as it is.
    boolean uniform(int v) {
        return switch (body.get(same[v])) {
            case Instr.Imm _ -> true;
            case Instr.Load l -> l.stored() == l.type() && patterns[same[v]].isRun(0);
            case Instr.Index _,Instr.Random _,Instr.Unary _,Instr.Binary _,Instr.Select _,Instr.Cast _ -> false;
        };
    }

    /// True if a store writes memory from which a later instruction still reads.
    private boolean overwritesInput(Store s) {
        int at = done(s);
        for (int i = 0; i < body.size(); i++) {
            boolean other = i != same[s.value()] || lastUse[i] > i;
            if (other && body.get(i) instanceof Instr.Load l && overlap(l, s)
                    && (i > at || !moved(i) && lastUse[i] > at)) {
                return true;
            }
        }
        return false;
    }

    /// The instruction after which a store is done; −1 for what machine code only copies, which it does before all else.
    int done(Store s) {
        int v = same[s.value()];
        return compiled && body.get(v) instanceof Instr.Load ? -1 : v;
    }

    boolean overlap(Instr.Load l, Store s) {
        long[] a = range(in[l.input()], l.stride(), l.offset(), l.stored());
        long[] b = range(out[s.output()], s.stride(), s.offset(), s.stored());
        return a[0] < b[1] && b[0] < a[1];
    }

    private long[] range(long base, int[] stride, int offset, DType type) {
        long low = offset;
        long high = offset;
        for (int k = 0; k < stride.length; k++) {
            long d = (long) stride[k] * (region.space()[k] - 1);
            low += Math.min(0, d);
            high += Math.max(0, d);
        }
        return new long[] {base + low * type.bytes(), base + (high + 1) * type.bytes()};
    }

    /// True for a load that copies to a block.
    boolean moved(int i) {
        var l = (Instr.Load) body.get(i);
        return !(l.stored() == l.type() && patterns[i].isRun(l.stored().bytes())) && (needsBlock[i] || !uniform(i));
    }
}
