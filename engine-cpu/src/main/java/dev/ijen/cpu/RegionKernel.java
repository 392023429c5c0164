package dev.ijen.cpu;

import dev.ijen.cpu.x86.Target;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;

/// A fused loop nest, interpreted tile by tile: each instruction is one pass over a block that stays in first-level cache, so
/// memory is read and written once, whatever the number of instructions.
///
/// @param block points of a tile, at most
/// @param blockBytes memory of one value's block, with room for a vector too much
/// @param code what runs of instructions are turned into machine code for, or null to interpret all
/// @param partials offset in scratch memory of each store's partial results, or −1 where results are folded in place
/// @param threads workers, each with its own blocks
record RegionKernel(Region region, Nest nest, int block, long blockBytes, long[] partials, long scratchBytes,
        int threads, Target code)
        implements CpuKernel {
    private static final int CACHE = 32 << 10; // most of the first-level cache
    /// Blocks that make the one to work in, which holds doubles for functions of floats.
    static final int WORK = 2;

    private static final int SLACK = 128; // a vector to overrun, and blocks of a power of two would fall on each other's lines

    static RegionKernel of(Region asked, int threads, Target code) {
        return of(asked, 1024, threads, code);
    }

    /// @param most points of a tile, at most
    static RegionKernel of(Region asked, int most, int threads, Target code) {
        Transposed t = Transposed.of(asked);
        Region region = t.region();
        int bytes = widest(region);
        int block = most;
        while (block > 128 && (long) block * bytes * live(region) > CACHE) {
            block /= 2;
        }
        var nest = new Nest(region, block, cost(region), t.order(), Turns.of(code));
        long blockBytes = Mem.align((long) block * bytes) + SLACK;
        long at = threads * blockBytes * (region.body().size() + WORK);
        var partials = new long[region.stores().size()];
        for (int i = 0; i < partials.length; i++) {
            Store s = region.stores().get(i);
            DType type = region.body().get(s.value()).type();
            boolean shared = (nest.chunks > 1 || nest.mixed) && !nest.whole(s);
            boolean apart = shared || nest.tasks == 0 || type != s.stored();
            boolean needed = s.fold() != null && apart;
            partials[i] = needed ? at : -1;
            at += needed ? Mem.align((long) nest.results(s) * type.bytes()) * nest.chunks + SLACK : 0;
        }
        return new RegionKernel(region, nest, block, blockBytes, partials, at, threads, code);
    }

    @Override
    public RegionRun bind(long[] in, long[] out, long scratch, Pool pool) {
        RegionRun compiled = code != null ? new RegionBinder(this, in, out, scratch).bind(pool) : null;
        return compiled != null ? compiled : new RegionBinder(interpreted(), in, out, scratch).bind(pool);
    }

    private RegionKernel interpreted() {
        return code != null
                ? new RegionKernel(region, nest, block, blockBytes, partials, scratchBytes, threads, null)
                : this;
    }

    private static int widest(Region region) {
        return region.body().stream().mapToInt(i -> i.type().bytes()).max().orElse(4);
    }

    /// About how many blocks are in use at once.
    private static int live(Region region) {
        int n = region.body().size();
        var last = new int[n];
        for (int i = 0; i < n; i++) {
            last[i] = i;
            for (int o : region.body().get(i).operands()) {
                last[o] = i;
            }
        }
        int most = 0;
        for (int i = 0; i < n; i++) {
            int now = 0;
            for (int v = 0; v <= i; v++) {
                now += last[v] >= i ? 1 : 0;
            }
            most = Math.max(most, now);
        }
        return most;
    }

    /// Work on one point, in simple instructions on floats.
    private static long cost(Region region) {
        long c = region.stores().size();
        for (Instr i : region.body()) {
            c += switch (i) {
                case Instr.Unary u -> cost(u);
                case Instr.Random _ -> 20;
                case Instr.Imm _ -> 0;
                case Instr.Binary b -> switch (b.f()) {
                    case POW, ATAN2, MOD -> b.of() == DType.F64 ? 200 : 20;
                    case DIV -> 4;
                    case ADD, SUB, MUL, MAX, MIN, AND, OR, XOR, SHL, SHR, EQ, NE, LT, LE, GT, GE -> 1;
                };
                case Instr.Load _,Instr.Index _,Instr.Select _,Instr.Cast _ -> 1;
            };
        }
        return c;
    }

    private static long cost(Instr.Unary u) {
        return switch (u.f()) {
            case NEG, ABS, SIGN, FLOOR, CEIL, ROUND, RELU, NOT -> 1;
            case SQRT, RECIP -> 4;
            case EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF -> u.type() == DType.F64 ? 200 : 10;
            case SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH -> u.type() == DType.F64 ? 200 : 20;
        };
    }
}
