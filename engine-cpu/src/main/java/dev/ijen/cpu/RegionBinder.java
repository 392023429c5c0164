package dev.ijen.cpu;

import dev.ijen.cpu.x86.Loop;
import dev.ijen.cpu.x86.MachineCode;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/// Turns a region and its addresses into steps: decides which values are used in place, which need a block and which one, and
/// where results are written at once.
final class RegionBinder {
    private final RegionKernel kernel;
    private final Region region;
    private final Nest nest;
    private final List<Instr> body;
    private final long[] in;
    private final long[] out;
    private final long scratch;
    private final RegionUses uses;
    private final int[] same;
    private final int[] lastUse;
    private final Pattern[] patterns;
    private final boolean[] late;
    private final List<Step> steps = new ArrayList<>();
    private final List<RegionRun.Constant> constants = new ArrayList<>();
    private final int[] slot; // of each value, or −1
    private final Deque<Integer> freeSlots = new ArrayDeque<>();
    private int slots = RegionKernel.WORK; // the first are the block to work in

    RegionBinder(RegionKernel kernel, long[] in, long[] out, long scratch) {
        this.kernel = kernel;
        this.region = kernel.region();
        this.nest = kernel.nest();
        this.body = region.body();
        this.in = in;
        this.out = out;
        this.scratch = scratch;
        uses = new RegionUses(kernel, in, out);
        same = uses.same;
        lastUse = uses.lastUse;
        patterns = uses.patterns;
        late = uses.late;
        slot = new int[body.size()];
        Arrays.fill(slot, -1);
    }

    /// The region bound to memory; null if it was to be compiled and can't be.
    RegionRun bind(Pool pool) {
        var places = new ArrayList<RowTilesBinder.FoldPlace>();
        for (int k = 0; k < late.length; k++) {
            places.add(foldPlace(k));
        }
        RowTiles rows = new RowTilesBinder(kernel, uses, in).bind(places);
        boolean all = rows != null && rows.full() == nest.groups * nest.inner;
        if (!all && !steps()) {
            return null;
        }
        var frames = new Frame[kernel.threads()];
        int pointers = rows == null ? 0 : rows.pointers().length;
        for (int w = 0; w < frames.length; w++) {
            frames[w] = frame(scratch + w * kernel.blockBytes() * (body.size() + RegionKernel.WORK), pointers);
        }
        return new RegionRun(nest, frames, steps, constants, results(), pool, rows);
    }

    private boolean steps() {
        if (kernel.code() == null) {
            for (int i = 0; i < body.size(); i++) {
                emit(i);
            }
        } else if (!compile()) {
            return false;
        }
        for (int k = 0; k < late.length; k++) {
            if (late[k]) {
                put(k);
            }
        }
        return true;
    }

    private Frame frame(long blocks, int pointers) {
        var f = new Frame(body.size() + 1, nest.loopAxis.length, pointers);
        f.temp = blocks;
        f.at[body.size()] = blocks;
        for (int v = 0; v < slot.length; v++) {
            f.own[v] = blocks + slot[v] * kernel.blockBytes();
            f.at[v] = f.own[v];
        }
        return f;
    }

    /// Emits everything that is read first, then runs of instructions as machine code, with what must be interpreted between
    /// them. Each value has a block of its own. False if there is no memory for code.
    private boolean compile() {
        for (int i = 0; i < body.size(); i++) {
            boolean read = switch (body.get(i)) {
                case Instr.Load _,Instr.Index _,Instr.Random _ -> true;
                case Instr.Imm _ -> uses.outside[i];
                case Instr.Unary _,Instr.Binary _,Instr.Select _,Instr.Cast _ -> false;
            };
            if (read) {
                emit(i);
            }
        }
        var run = new ArrayList<Integer>();
        for (int i = 0; i < body.size(); i++) {
            switch (body.get(i)) {
                case Instr.Load _,Instr.Index _,Instr.Random _,Instr.Imm _ -> {}
                case Instr.Unary _,Instr.Binary _,Instr.Select _,Instr.Cast _ -> {
                    if (same[i] != i) {
                        continue;
                    }
                    if (uses.inCode(i)) {
                        run.add(i);
                    } else {
                        if (!code(run)) {
                            return false;
                        }
                        run.clear();
                        emit(i);
                    }
                }
            }
        }
        return code(run);
    }

    /// Emits a run of instructions as machine code, in halves where they need too many registers.
    private boolean code(List<Integer> run) {
        if (run.isEmpty()) {
            return true;
        }
        int n = body.size();
        var written = new boolean[n];
        for (int i : run) {
            written[i] = uses.outside[i] || lastUse[i] > run.getLast();
        }
        var uniform = new boolean[n];
        for (int v = 0; v < n; v++) {
            uniform[v] = body.get(v) instanceof Instr.Load && !uses.moved(v) && patterns[v].isRun(0);
        }
        MachineCode code = new Loop(body, List.copyOf(run), same, uniform, written)
                .compile(kernel.code());
        if (code == null) {
            int half = run.size() / 2;
            return half > 0 && code(run.subList(0, half)) && code(run.subList(half, run.size()));
        }
        for (int i : run) {
            if (written[i]) {
                slot[i] = take();
                int direct = direct(i);
                if (direct >= 0) {
                    steps.add(new Step.Direct(i, place(region.stores().get(direct))));
                }
            }
        }
        steps.add(new Step.Compiled(code));
        run.forEach(this::putAll);
        return true;
    }

    /// Emits the stores of a value that need not wait.
    private void putAll(int i) {
        for (int k = 0; k < late.length; k++) {
            if (same[region.stores().get(k).value()] == i && !late[k]) {
                put(k);
            }
        }
    }

    private void emit(int i) {
        if (same[i] != i) {
            release(i, body.get(i).operands(), -1);
            return;
        }
        int[] operands = body.get(i).operands();
        switch (body.get(i)) {
            case Instr.Imm m -> constant(i, m);
            case Instr.Load l -> load(i, l);
            case Instr.Index x -> {
                slot[i] = take();
                steps.add(new Step.Index(i, nest.place(x.offset(), x.stride(), 1), patterns[i]));
            }
            case Instr.Random r -> {
                slot[i] = take();
                Place place = nest.place(r.offset(), r.stride(), 1);
                steps.add(new Step.Random(i, in[r.state()], r.stream(), place, patterns[i]));
            }
            case Instr.Unary u -> apply(i, Functions.unary(u), operands);
            case Instr.Binary b -> apply(i, Functions.binary(b, uses.uniform(b.a()), uses.uniform(b.b())), operands);
            case Instr.Select s -> apply(i, Functions.select(s), operands);
            case Instr.Cast c -> apply(i, Casts.of(c.from(), c.to()), operands);
        }
        putAll(i);
        if (lastUse[i] == i) {
            free(i);
        }
    }

    private void constant(int i, Instr.Imm m) {
        slot[i] = slots++; // kept to the end
        int points = nest.rows * nest.below();
        long bits = switch (m.type()) {
            case F32 -> Float.floatToRawIntBits((float) m.real());
            case F64 -> Double.doubleToRawLongBits(m.real());
            case I32, I64 -> m.whole();
            case F16, BF16, I8, U8, BOOL -> throw new IllegalArgumentException("constant of " + m.type());
        };
        constants.add(new RegionRun.Constant(i, m.type().bytes(), bits, uses.needsBlock[i] ? points : 1));
    }

    private void load(int i, Instr.Load l) {
        int size = l.stored().bytes();
        Place place = nest.place(in[l.input()] + (long) l.offset() * size, l.stride(), size);
        if (!uses.moved(i)) {
            steps.add(new Step.Direct(i, place));
            return;
        }
        boolean keep = false;
        for (int k = 0; k < nest.loopAxis.length; k++) {
            keep |= place.step()[k] == 0 && nest.loopCount[k] > 1;
        }
        for (Store s : region.stores()) {
            keep &= !uses.overlap(l, s);
        }
        slot[i] = keep ? slots++ : take();
        if (keep) {
            lastUse[i] = Integer.MAX_VALUE;
        }
        steps.add(new Step.Moved(i, place, patterns[i], size, Stored.widen(l.stored()), keep));
    }

    private void apply(int i, Fn fn, int[] operands) {
        int a = same[operands[0]];
        int b = operands.length > 1 ? same[operands[1]] : a;
        int c = operands.length > 2 ? same[operands[2]] : body.size(); // the block to work in
        int bytes = body.get(i).type().bytes();
        release(i, operands, bytes); // a block of the same element size may be overwritten as it is read
        slot[i] = take();
        release(i, operands, 12 - bytes);
        int direct = direct(i);
        if (direct < 0) {
            steps.add(new Step.Apply(fn, a, b, c, i));
        } else {
            steps.add(new Step.ApplyTo(fn, a, b, c, i, place(region.stores().get(direct))));
        }
    }

    /// The store whose memory may take the place of value i's block, or −1.
    private int direct(int i) {
        for (int k = 0; k < late.length; k++) {
            Store s = region.stores().get(k);
            if (same[s.value()] == i && s.fold() == null && !late[k] && s.stored() == body.get(i).type()
                    && nest.pattern(s.stride(), s.stored().bytes()).isRun(s.stored().bytes())) {
                return k;
            }
        }
        return -1;
    }

    private Place place(Store s) {
        int size = s.stored().bytes();
        return nest.place(out[s.output()] + (long) s.offset() * size, s.stride(), size);
    }

    private void put(int k) {
        Store s = region.stores().get(k);
        int v = same[s.value()];
        int size = s.stored().bytes();
        if (s.fold() == null) {
            steps.add(new Step.Put(v, place(s), nest.pattern(s.stride(), size), size, Stored.narrow(s.stored())));
            return;
        }
        Folder folder = Folder.of(body.get(v).type(), s.fold());
        var to = foldPlace(k);
        steps.add(new Step.Join(v, to.place(), to.pattern(), folder, to.part(), to.clear()));
    }

    /// Where a store goes: to its place, or first to partial results.
    private RowTilesBinder.FoldPlace foldPlace(int k) {
        Store s = region.stores().get(k);
        if (kernel.partials()[k] < 0) {
            var clear = nest.whole(s) ? Step.Clear.EACH : Step.Clear.FIRST;
            return new RowTilesBinder.FoldPlace(place(s), nest.pattern(s.stride(), s.stored().bytes()), 0, clear);
        }
        int bytes = body.get(same[s.value()]).type().bytes();
        int[] dense = dense(s);
        Place place = nest.place(scratch + kernel.partials()[k], dense, bytes);
        long part = Mem.align((long) nest.results(s) * bytes);
        var clear = before(s) ? Step.Clear.NONE : nest.whole(s) ? Step.Clear.EACH : Step.Clear.FIRST;
        return new RowTilesBinder.FoldPlace(place, nest.pattern(dense, bytes), part, clear);
    }

    /// True if partial results are cleared before all work.
    private boolean before(Store s) {
        return nest.mixed || nest.tasks == 0 || nest.chunks > 1 && nest.whole(s);
    }

    /// Strides of a fold's results when they lie side by side.
    private int[] dense(Store s) {
        int[] space = region.space();
        var dense = new int[space.length];
        int d = 1;
        for (int k = space.length - 1; k >= 0; k--) {
            if (s.stride()[k] != 0) {
                dense[k] = d;
                d *= space[k];
            }
        }
        return dense;
    }

    private List<Results> results() {
        var list = new ArrayList<Results>();
        for (int k = 0; k < late.length; k++) {
            Store s = region.stores().get(k);
            if (kernel.partials()[k] >= 0) {
                DType type = body.get(s.value()).type();
                long to = out[s.output()] + (long) s.offset() * s.stored().bytes();
                long from = scratch + kernel.partials()[k];
                list.add(Results.of(region.space(), s, type, before(s), nest.chunks, from, to));
            }
        }
        return list;
    }

    private int take() {
        return kernel.code() != null || freeSlots.isEmpty() ? slots++ : freeSlots.pop();
    }

    private void release(int i, int[] operands, int bytes) {
        for (int o : operands) {
            int v = same[o];
            if (lastUse[v] == i && (bytes < 0 || body.get(v).type().bytes() == bytes)) {
                free(v);
            }
        }
    }

    private void free(int v) {
        if (slot[v] >= 0 && !(body.get(v) instanceof Instr.Imm) && !freeSlots.contains(slot[v])) {
            freeSlots.push(slot[v]);
        }
    }
}
