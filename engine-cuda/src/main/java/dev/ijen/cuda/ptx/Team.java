package dev.ijen.cuda.ptx;

import dev.ijen.cuda.ptx.Asm.Kind;
import dev.ijen.spi.Region.Fold;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/// Folds: what each thread gathers in its loop, and how the threads that share a result combine it, always in the same order.
final class Team {
    private static final int WARP = 32;
    /// Steps after which a sum of F32 is moved to a second register, so that its error stays near that of a pairwise sum.
    private static final int RUN = 32;
    private static final int MAX_SHARED = 32 << 10;

    private final Asm asm;
    private final Layout layout;
    private final String name;
    private final String thread;
    private int sharedBytes;

    Team(Asm asm, Layout layout, String name, String thread) {
        this.asm = asm;
        this.layout = layout;
        this.name = name;
        this.thread = thread;
    }

    int sharedBytes() {
        return sharedBytes;
    }

    /// One fold of this thread.
    final class Part {
        private final Store store;
        private final DType type;
        private final String[] values;
        /// Sums that are complete runs; null if the loop is short.
        private final String[] runs;
        private final String count;

        private Part(Store store) {
            this.store = store;
            type = store.stored().compute();
            values = start(layout.across() ? layout.lanes() : 1);
            int rounds = Math.ceilDiv(layout.chunk(), layout.team());
            boolean twice = type == DType.F32 && store.fold() == Fold.SUM && rounds > 2 * RUN;
            runs = twice ? start(values.length) : null;
            count = twice ? asm.b32("mov.b32", "0") : null;
        }

        private String[] start(int n) {
            var r = new String[n];
            for (int i = 0; i < n; i++) {
                r[i] = Scalars.constant(asm, type, Scalars.neutral(store.fold(), type));
            }
            return r;
        }

        Store store() {
            return store;
        }

        /// Results of this thread, one a lane if lanes are results.
        String[] values() {
            return values;
        }

        /// Takes the values of all lanes at one step.
        void add(String[] v) {
            if (layout.across()) {
                for (int i = 0; i < v.length; i++) {
                    into(values[i], v[i]);
                }
            } else {
                into(values[0], Scalars.tree(asm, store.fold(), type, v));
            }
            if (runs != null) {
                asm.op("add.s32", count, count, "1");
                String full = asm.pred("setp.eq.s32", asm.b32("and.b32", count, Integer.toString(RUN - 1)), "0");
                for (int i = 0; i < values.length; i++) {
                    asm.op("@" + full + " add.rn.f32", runs[i], runs[i], values[i]);
                    asm.op("@" + full + " mov.f32", values[i], Scalars.number(type, 0));
                }
            }
        }

        private void into(String register, String v) {
            String sum = Scalars.fold(asm, store.fold(), type, register, v);
            asm.op("mov." + Scalars.bits(type), register, sum);
        }
    }

    Part part(Store store) {
        return new Part(store);
    }

    /// After this the leader of each team has the results.
    void combine(List<Part> parts) {
        for (var p : parts) {
            for (int i = 0; p.runs != null && i < p.values.length; i++) {
                p.into(p.values[i], p.runs[i]);
            }
        }
        if (layout.team() == 1) {
            return;
        }
        if (layout.across()) {
            acrossWarps(parts);
            return;
        }
        for (var p : parts) {
            for (int o = Math.min(layout.team(), WARP) / 2; o > 0; o /= 2) {
                p.into(p.values[0], shuffle(p.type, p.values[0], o));
            }
        }
        if (layout.team() > WARP) {
            fromWarps(parts);
        }
    }

    /// True for the thread that stores.
    String leader() {
        return layout.across()
                ? asm.pred("setp.lt.s32", thread, Integer.toString(layout.x()))
                : asm.pred("setp.eq.s32", asm.b32("and.b32", thread, Integer.toString(layout.x() - 1)), "0");
    }

    private String shuffle(DType type, String v, int by) {
        if (type.bytes() == 4) {
            String bits = type == DType.F32 ? asm.b32("mov.b32", v) : v;
            String other = shuffle(bits, by);
            return type == DType.F32 ? asm.make(Kind.F32, "mov.b32", other) : other;
        }
        String low = asm.fresh(Kind.B32);
        String high = asm.fresh(Kind.B32);
        asm.op("mov.b64", "{" + low + ", " + high + "}", v);
        return asm.make(Kind.of(type), "mov.b64", "{" + shuffle(low, by) + ", " + shuffle(high, by) + "}");
    }

    private String shuffle(String bits, int by) {
        return asm.b32("shfl.sync.bfly.b32", bits, Integer.toString(by), "31", "-1");
    }

    private String shared(String index, int bytes) {
        String base = asm.b32("mov.u32", Asm.shared(name));
        return index == null ? base : asm.b32("mad.lo.s32", index, Integer.toString(bytes), base);
    }

    private static String word(DType type) {
        return switch (type) {
            case F32 -> "f32";
            case F64 -> "f64";
            case I32 -> "u32";
            case I64 -> "u64";
            case F16, BF16, I8, U8, BOOL -> throw new IllegalArgumentException(type + " is not computed in");
        };
    }

    /// One team is the block: each warp leaves a value, the first thread folds them.
    private void fromWarps(List<Part> parts) {
        int warps = layout.team() / WARP;
        sharedBytes = parts.size() * warps * Long.BYTES;
        String warp = asm.b32("shr.u32", thread, "5");
        String lane = asm.b32("and.b32", thread, "31");
        String skip = asm.label();
        asm.jumpIf(asm.pred("setp.ne.s32", lane, "0"), skip);
        String mine = shared(warp, Long.BYTES);
        for (int k = 0; k < parts.size(); k++) {
            var p = parts.get(k);
            asm.op("st.shared." + word(p.type), at(mine, k * warps * Long.BYTES), p.values[0]);
        }
        asm.place(skip);
        asm.op("bar.sync", "0");
        String rest = asm.label();
        asm.jumpIf(asm.pred("setp.ne.s32", thread, "0"), rest);
        String base = shared(null, 0);
        for (int k = 0; k < parts.size(); k++) {
            var p = parts.get(k);
            var all = new String[warps];
            for (int w = 0; w < warps; w++) {
                String from = at(base, (k * warps + w) * Long.BYTES);
                all[w] = asm.make(Kind.of(p.type), "ld.shared." + word(p.type), from);
            }
            asm.op("mov." + Scalars.bits(p.type), p.values[0], Scalars.tree(asm, p.store.fold(), p.type, all));
        }
        asm.place(rest);
    }

    private static String at(String address, int bytes) {
        return bytes == 0 ? "[" + address + "]" : "[" + address + "+" + bytes + "]";
    }

    /// Threads with the same result are `x` apart: halves of the block are folded until the first `x` threads have it all.
    private void acrossWarps(List<Part> parts) {
        var batch = new ArrayList<Part>();
        int bytes = 0;
        for (var p : parts) {
            int size = p.values.length * p.type.bytes() * Layout.THREADS;
            if (bytes + size > MAX_SHARED) {
                halve(batch);
                batch.clear();
                bytes = 0;
            }
            batch.add(p);
            bytes += size;
            sharedBytes = Math.max(sharedBytes, bytes);
        }
        halve(batch);
    }

    private void halve(List<Part> parts) {
        String words = shared(thread, Float.BYTES);
        String longs = shared(thread, Double.BYTES);
        for (int half = layout.y() / 2 * layout.x(); half >= layout.x(); half /= 2) {
            asm.op("bar.sync", "0"); // what was read before may be overwritten now
            String below = asm.pred("setp.lt.s32", thread, Integer.toString(half));
            String skip = asm.label();
            asm.jumpIf(below, skip);
            each(parts, (p, j, offset) -> asm.op("st.shared." + word(p.type),
                    at(p.type.bytes() == 4 ? words : longs, offset), p.values[j]));
            asm.place(skip);
            asm.op("bar.sync", "0");
            String rest = asm.label();
            asm.jumpUnless(below, rest);
            int distance = half;
            each(parts, (p, j, offset) -> {
                String from = at(p.type.bytes() == 4 ? words : longs, offset + distance * p.type.bytes());
                p.into(p.values[j], asm.make(Kind.of(p.type), "ld.shared." + word(p.type), from));
            });
            asm.place(rest);
        }
    }

    private interface Each {
        void at(Part p, int lane, int offset);
    }

    private static void each(List<Part> parts, Each f) {
        int offset = 0;
        for (var p : parts) {
            for (int j = 0; j < p.values.length; j++) {
                f.at(p, j, offset);
                offset += p.type.bytes() * Layout.THREADS;
            }
        }
    }
}
