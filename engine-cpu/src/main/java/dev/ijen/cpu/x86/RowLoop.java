package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;
import dev.ijen.spi.Region.Instr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A region over rows of whole vectors as one function, sums and all: numbers of a row stay in registers, and nothing is written but
/// results.
///
/// The function takes the addresses of the pointers, and the number of rows. Sums over a row are added up in the order of the interpreter's folds:
/// four vectors at a time while there are so many, then one by one, then across lanes.
///
/// @param body of the region; loads are of 32 bits and as they are stored, or of bfloat16
/// @param same the value that each value stands for
/// @param columns points of a row
/// @param load pointer of each value that is loaded
/// @param one of each value: true if it is one number for a row
/// @param steps bytes from row to row, of each pointer
/// @param half of each pointer: true if bfloat16 lies there
/// @param sinks where values go
public record RowLoop(
        List<Instr> body, int[] same, int columns, int[] load, boolean[] one, int[] steps, boolean[] half,
        List<Sink> sinks) {
    private static final int[] POINTERS = {1, 2, 8, 9, 10, 11, 3, 5, 12, 13, 14, 15}; // not rax, rsp, rsi, rdi
    private static final int SAVED = 6; // where those begin that belong to the caller
    private static final int UNROLLED = 4;
    /// Bytes ahead of what is read that are asked for, where numbers are only added up: the processor itself does not look beyond a page.
    private static final int AHEAD = 1024;
    private static final int LINE = 64;
    /// Instructions that are worth being written four times.
    private static final int SHORT = 16;

    /// What happens to a value.
    public enum Use {
        /// It is written.
        STORED,
        /// It is added to vectors.
        ADDED,
        /// Its sum over a row is written.
        SUMMED,
        /// Its sum over a row is added to a number.
        SUMMED_UP
    }

    /// A value that goes somewhere.
    ///
    /// @param pointer to where it goes
    public record Sink(int value, int pointer, Use use) {
        private boolean sum() {
            return use == Use.SUMMED || use == Use.SUMMED_UP;
        }
    }

    /// The function, or null if it has too many values for the registers, or machine code can't be made here.
    ///
    /// @param target that the processor has
    public MachineCode compile(Target target) {
        if (steps.length > POINTERS.length || columns % target.lanes() != 0) {
            return null;
        }
        for (boolean hold : new boolean[] {true, false}) {
            try {
                return MachineCode.of(new Writer(target.vectors(), hold).write());
            } catch (Registers.Spent _) {
                // again with fewer
            }
        }
        return null;
    }

    private final class Writer {
        private final Vectors asm;
        private final Registers free;
        private final Loop loop;
        private final int[] held;
        private final int[][] sums = new int[sinks.size()][];
        private final boolean summing;
        private final boolean halves;
        private final boolean[] exact = Exact.of(body, same);

        Writer(Vectors asm, boolean hold) {
            this.asm = asm;
            free = asm.registers();
            int n = body.size();
            var computed = new ArrayList<Integer>();
            for (int i = 0; i < n; i++) {
                if (same[i] == i && !(body.get(i) instanceof Instr.Load) && !(body.get(i) instanceof Instr.Imm)) {
                    computed.add(i);
                }
            }
            loop = new Loop(body, computed, same, one, new boolean[n]);
            for (int k = 0; k < sums.length; k++) {
                if (sinks.get(k).sum()) { // first, because they need to be among the first registers
                    sums[k] = new int[] {free.take(), free.take(), free.take(), free.take()};
                }
            }
            summing = sinks.stream().anyMatch(Sink::sum);
            boolean any = false;
            for (boolean h : half) {
                any |= h;
            }
            halves = any;
            held = new int[n];
            Arrays.fill(held, -1);
            for (int i = 0; i < n && hold; i++) {
                held[i] = body.get(i) instanceof Instr.Load && one[i] ? free.take() : -1;
            }
        }

        byte[] write() {
            int saved = Math.max(SAVED, steps.length);
            for (int k = SAVED; k < saved; k++) {
                asm.push(POINTERS[k]);
            }
            for (int k = 0; k < steps.length; k++) {
                asm.loadPointer(POINTERS[k], Assembler.RDI, 8 * k);
            }
            asm.align();
            int start = asm.size();
            row();
            for (int k = 0; k < steps.length; k++) {
                if (steps[k] != 0) {
                    asm.add(POINTERS[k], steps[k]);
                }
            }
            asm.decrement(Assembler.RSI);
            asm.backIfNotZero(start);
            for (int k = saved - 1; k >= SAVED; k--) {
                asm.pop(POINTERS[k]);
            }
            asm.end();
            return asm.finish();
        }

        private void row() {
            for (int i = 0; i < held.length; i++) {
                if (held[i] >= 0) {
                    var number = new Operand.One(POINTERS[load[i]]);
                    if (half[load[i]]) {
                        asm.broadcastHalf(held[i], number);
                    } else {
                        asm.broadcast(held[i], number);
                    }
                }
            }
            for (int[] s : sums) {
                for (int k = 0; s != null && k < s.length; k++) {
                    asm.op(Op.XOR_I, s[k], s[k], v(s[k]));
                }
            }
            int vectors = columns / asm.lanes();
            int each = summing || loop.computed().size() <= SHORT ? UNROLLED : 1;
            asm.clear(Assembler.RAX);
            times(vectors / each, each);
            if (vectors % each > 0) {
                for (int k = 0; k < vectors % each; k++) {
                    vector(k, 0);
                }
            }
            for (int k = 0; k < sums.length; k++) {
                if (sums[k] != null) {
                    end(sinks.get(k), sums[k]);
                }
            }
        }

        /// Some vectors, so many times.
        private void times(int n, int each) {
            if (n == 0) {
                return;
            }
            if (n > 1) {
                asm.clear(Assembler.RDI);
                asm.add(Assembler.RDI, n);
            }
            int start = asm.size();
            for (int k = 0; k < each; k++) {
                vector(k, k);
            }
            if (sinks.stream().allMatch(Sink::sum) && loop.computed().isEmpty()) {
                ask(each * asm.width());
            }
            asm.add(Assembler.RAX, each * asm.width() / (halves ? 2 : 1));
            if (n > 1) {
                asm.decrement(Assembler.RDI);
                asm.backIfNotZero(start);
            }
        }

        /// Asks for so many bytes of each row that is read.
        private void ask(int bytes) {
            for (int i = 0; i < body.size(); i++) {
                if (body.get(i) instanceof Instr.Load && same[i] == i && !one[i]) {
                    for (int d = 0; d < bytes; d += LINE) {
                        asm.prefetch(POINTERS[load[i]], Assembler.RAX, AHEAD + d);
                    }
                }
            }
        }

        private void vector(int k, int sum) {
            var part = new LoopBody(loop, asm, free, new LoopBody.Values() {
                @Override
                public Operand at(int value) {
                    return one[value] ? new Operand.One(POINTERS[load[value]]) : place(load[value], k);
                }

                @Override
                public boolean half(int value) {
                    return half[load[value]];
                }

                @Override
                public int held(int value) {
                    return held[value];
                }

                @Override
                public int edge() {
                    return 0;
                }

                @Override
                public void computed(int value, int register) {
                    for (int s = 0; s < sums.length; s++) {
                        if (same[sinks.get(s).value] == value) {
                            sink(s, register, k, sum);
                        }
                    }
                }
            });
            for (int s = 0; s < sums.length; s++) {
                int at = s;
                int value = same[sinks.get(s).value];
                if (!loop.computed().contains(value)) {
                    part.read(value, r -> sink(at, r, k, sum));
                }
            }
            part.write();
        }

        /// What rax counts are bytes, or where there is bfloat16 the bytes of that.
        private Operand place(int pointer, int k) {
            int base = POINTERS[pointer];
            if (halves) {
                return half[pointer] ? new Operand.At(base, Assembler.RAX, 0, k * asm.width() / 2)
                        : new Operand.At(base, Assembler.RAX, 1, k * asm.width());
            }
            return k == 0 ? new Operand.Block(base)
                    : new Operand.At(base, Assembler.RAX, 0, k * asm.width());
        }

        private void sink(int s, int register, int k, int sum) {
            var to = sinks.get(s);
            switch (to.use) {
                case STORED -> {
                    if (half[to.pointer]) {
                        int low = free.take();
                        boolean rounded = exact[same[to.value]];
                        if (!rounded) {
                            asm.roundToHalf(low, register);
                        }
                        asm.storeHalves(rounded ? register : low, place(to.pointer, k), low);
                        free.give(low);
                    } else {
                        asm.store(register, place(to.pointer, k), 0);
                    }
                }
                case ADDED -> {
                    int all = free.take();
                    asm.op(Op.ADD, all, register, place(to.pointer, k));
                    asm.store(all, place(to.pointer, k), 0);
                    free.give(all);
                }
                case SUMMED, SUMMED_UP -> asm.op(Op.ADD, sums[s][sum], sums[s][sum], v(register));
            }
        }

        private void end(Sink to, int[] s) {
            asm.op(Op.ADD, s[0], s[0], v(s[1]));
            asm.op(Op.ADD, s[2], s[2], v(s[3]));
            asm.op(Op.ADD, s[0], s[0], v(s[2]));
            asm.all(Op.ADD, s[0], s[1]);
            if (to.use == Use.SUMMED_UP) {
                asm.addOne(s[0], POINTERS[to.pointer]);
            }
            asm.storeOne(s[0], POINTERS[to.pointer]);
        }
    }
}
