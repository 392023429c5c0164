package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.R10;
import static dev.ijen.cpu.x86.Assembler.R12;
import static dev.ijen.cpu.x86.Assembler.R13;
import static dev.ijen.cpu.x86.Assembler.R14;
import static dev.ijen.cpu.x86.Assembler.R15;
import static dev.ijen.cpu.x86.Assembler.R8;
import static dev.ijen.cpu.x86.Assembler.R9;
import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.RBP;
import static dev.ijen.cpu.x86.Assembler.RBX;
import static dev.ijen.cpu.x86.Assembler.RCX;
import static dev.ijen.cpu.x86.Assembler.RDI;
import static dev.ijen.cpu.x86.Assembler.RDX;
import static dev.ijen.cpu.x86.Assembler.RSI;
import static dev.ijen.cpu.x86.Assembler.RSP;
import static dev.ijen.cpu.x86.Assembler.c;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;
import java.util.List;

/// The innermost step of a convolution of floats in machine code, channels last: some neighbouring outputs by all output channels, all sums in
/// registers. Each sum begins with a number of its channel and is a chain of fused multiply-adds over rows of the window, its columns and input
/// channels, in this order.
///
/// Where the last output channels fill half of a vector at most, two neighbouring outputs share one: its lower half is the first one's, the upper
/// half the second one's. Only with AVX-512, whose masks take no registers.
///
/// @param target that the processor has
/// @param channels of the output
/// @param step bytes between neighbouring windows
/// @param columns of a window, if they lie apart; 1 if all of a window's row is one run of numbers
/// @param gap bytes from column to column then
public record ConvTile(Target target, int channels, int step, int columns, int gap) {
    /// Most vectors of output channels.
    public static final int MOST = 4;

    /// Bytes of the block that arguments point to, and what is where in it.
    public static final int BLOCK = 192;
    public static final int BIAS = 0;
    public static final int Y = 8;
    public static final int STEP_Y = 16;
    public static final int GROUPS = 24;
    public static final int LINES = 32;
    public static final int NEXT_X = 40;
    public static final int NEXT_Y = 48;
    private static final int LEFT = 56;
    /// One for each step.
    public static final int STEPS = 64;

    /// Most steps.
    public static final int MOST_STEPS = (BLOCK - STEPS) / 8;

    /// What becomes of sums before they are stored. Most of them read something, whose place is in the block.
    public sealed interface Step {
        /// A number of the channel is added; there: its address.
        record AddChannel() implements Step {}

        /// Times a number of the channel; there: its address.
        record MulChannel() implements Step {}

        /// Something shaped like y is added; there: how far behind y it is.
        record Add() implements Step {}

        /// Not less than `low`, which NaN becomes as well, and not more than `high`.
        record Clip(float low, float high) implements Step {}
    }

    private static final int UPPER = Vectors.K; // of a shared vector
    private static final int LOWER = 2; // or of the last one

    private static final int MOST_OUTPUTS = 8;
    /// With one vector each, for which numbers need no register of their own: more wait for less at a tile's ends.
    private static final int MOST_SINGLE = 24;
    /// Registers for numbers of two neighbours, and for both in one.
    private static final int WORK = 3;

    private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
    private static final int STACK = 8 * SAVED.length; // bytes pushed before the arguments on the stack are read

    /// Vectors of output channels, the last of which they may not fill.
    public int vectors() {
        return Math.ceilDiv(channels, target.lanes());
    }

    private int full() {
        return channels / target.lanes();
    }

    private int rest() {
        return channels % target.lanes();
    }

    /// Whether two neighbours share a vector.
    public boolean paired() {
        return target == Target.AVX512 && full() > 0 && rest() > 0 && 2 * rest() <= target.lanes();
    }

    /// Whether outputs are computed by single numbers from memory, one instruction each.
    private boolean single() {
        return target == Target.AVX512 && vectors() == 1;
    }

    /// Numbers of the filter for each number of a window: whole vectors.
    public int whole() {
        return vectors() * target.lanes();
    }

    /// The output channel of one of [#whole]; −1 for none, where there shall be a 0.
    public int channel(int i) {
        int second = i - full() * target.lanes() - target.lanes() / 2;
        if (paired() && second >= 0) {
            return second < rest() ? full() * target.lanes() + second : -1;
        }
        return i < channels ? i : -1;
    }

    /// Most outputs beside each other: so many that their sums, and either the filter's vectors and one number or the numbers and one vector, fit the
    /// registers.
    public int outputs() {
        if (paired()) {
            return (target.registers() - vectors() - WORK) / (2 * full() + 1) * 2;
        }
        if (single()) {
            return MOST_SINGLE;
        }
        int most = 1;
        for (int n = 2; n <= MOST_OUTPUTS; n++) {
            most = n * vectors() + Math.min(n, vectors()) + 1 <= target.registers() ? n : most;
        }
        return most;
    }

    /// For lines of groups of some outputs beside each other. Arguments, addresses and steps in bytes: the first window's beginning, nothing, step
    /// between a window's rows, filter [rows, columns, numbers, [#whole]], numbers of a row or of a column that lies apart, ≥ 1, rows ≥ 1, address of
    /// [#BLOCK] bytes, and four that are not used. There, of 64 bits each: address of a number for each output channel, y, step between outputs,
    /// groups of a line ≥ 1, lines ≥ 1, step from behind a line's last window to the next line's first, the same in y, room to count, and what the steps
    /// need. The filter's vectors are whole, as [#channel] says; numbers for output channels and what is shaped like y end with the channels.
    ///
    /// @return null if machine code can't be made here
    public MachineCode of(int outputs, List<Step> steps) {
        var asm = target.vectors();
        asm.push(SAVED);
        masks(asm);
        block(asm, R15, Y);
        asm.copy(R14, RCX); // filter
        int line = asm.size();
        block(asm, RBX, GROUPS);
        asm.storePointer(RBX, R12, LEFT);
        int group = asm.size();
        begin(asm, outputs);
        asm.copy(RBP, RDI); // this row's beginning
        asm.copy(RCX, R14);
        asm.copy(R13, R9); // rows left
        int row = asm.size();
        asm.copy(RBX, RBP);
        if (columns > 1) {
            asm.clear(R10);
            asm.add(R10, columns);
            asm.copy(RSI, RBP);
        }
        int column = asm.size();
        asm.copy(R12, R8); // numbers left
        int number = asm.size();
        products(asm, outputs);
        asm.add(RBX, Float.BYTES);
        asm.add(RCX, vectors() * asm.width());
        asm.decrement(R12);
        asm.backIfNotZero(number);
        if (columns > 1) {
            asm.add(RSI, gap);
            asm.copy(RBX, RSI);
            asm.decrement(R10);
            asm.backIfNotZero(column);
        }
        asm.addRegister(RBP, RDX);
        asm.decrement(R13);
        asm.backIfNotZero(row);
        for (int i = 0; i < steps.size(); i++) {
            step(asm, outputs, steps.get(i), STEPS + 8 * i);
        }
        store(asm, outputs);
        asm.add(RDI, outputs * step);
        again(asm, LEFT, group);
        asm.loadPointer(RBX, R12, NEXT_X);
        asm.addRegister(RDI, RBX);
        asm.loadPointer(RBX, R12, NEXT_Y);
        asm.addRegister(R15, RBX);
        again(asm, LINES, line);
        asm.pop(SAVED);
        asm.end();
        return MachineCode.of(asm.finish());
    }

    private void masks(Vectors asm) {
        if (rest() > 0) {
            asm.clear(RBX);
            asm.add(RBX, rest());
            asm.edges(RBX, RAX, LOWER);
        }
        if (paired() && asm instanceof Avx512 wide) {
            wide.lanes(UPPER, target.lanes() / 2, rest(), RAX);
        }
    }

    /// What is in the block, whose address is then in r12 unless the register is that.
    private static void block(Vectors asm, int to, int place) {
        asm.loadPointer(R12, RSP, STACK + 8);
        asm.loadPointer(to, R12, place);
    }

    /// Counts down what is in the block, and jumps back if some is left.
    private static void again(Vectors asm, int place, int back) {
        block(asm, RBX, place);
        asm.decrement(RBX);
        asm.storePointer(RBX, R12, place);
        asm.compare(RBX, 1);
        asm.backIfNotLess(back);
    }

    /// The register of output `p`'s sums of vector `k`.
    private int sum(int p, int k) {
        if (!paired()) {
            return p * vectors() + k;
        }
        int pair = p / 2 * (2 * full() + 1);
        return k < full() && p % 2 == 1 ? pair + full() + 1 + k : pair + k;
    }

    /// The registers behind those of sums.
    private int free(int outputs) {
        return paired() ? outputs / 2 * (2 * full() + 1) + outputs % 2 * vectors() : outputs * vectors();
    }

    private int edge(int vector) {
        return rest() > 0 && vector == vectors() - 1 ? LOWER : 0;
    }

    private boolean shared(int vector) {
        return paired() && vector == full();
    }

    /// Where the upper half of a shared vector lies as if the whole vector did.
    private int upper(Vectors asm) {
        return full() * asm.width() - asm.width() / 2;
    }

    private static Operand at(int base, int displacement) {
        return new Operand.At(base, -1, 0, displacement);
    }

    private void begin(Vectors asm, int outputs) {
        block(asm, R12, BIAS);
        for (int k = 0; k < vectors(); k++) {
            channel(asm, sum(0, k), R12, k);
            for (int p = 1; p < outputs; p++) {
                asm.move(sum(p, k), sum(0, k));
            }
        }
    }

    /// Numbers for output channels.
    private void channel(Vectors asm, int to, int base, int k) {
        asm.load(to, at(base, k * asm.width()), edge(k));
        if (shared(k)) {
            asm.where(Op.LOAD, to, 0, at(base, upper(asm)));
        }
    }

    /// A number of each window times the vectors of the filter: whichever are fewer stay in registers.
    private void products(Vectors asm, int outputs) {
        int free = free(outputs);
        if (single()) {
            asm.load(free, at(RCX, 0), 0);
            for (int p = 0; p < outputs; p++) {
                asm.op(Op.FMA231, p, free, new Operand.OneAt(RBX, p * step));
            }
            return;
        }
        if (paired() || vectors() <= outputs) {
            for (int k = 0; k < vectors(); k++) {
                asm.load(free + k, at(RCX, k * asm.width()), 0);
            }
            for (int p = 0; p < outputs; p++) {
                int x = free + vectors() + (paired() ? p % 2 : 0);
                if (!paired() || p % 2 == 0) {
                    asm.broadcast(x, at(RBX, p * step));
                }
                if (paired() && p % 2 == 0 && p + 1 < outputs) {
                    asm.broadcast(x + 1, at(RBX, (p + 1) * step));
                    asm.blend(x + 2, x, v(x + 1));
                    asm.op(Op.FMA231, sum(p, full()), x + 2, v(free + full()));
                }
                for (int k = 0; k < vectors(); k++) {
                    if (!shared(k) || p % 2 == 0 && p + 1 == outputs) {
                        asm.op(Op.FMA231, sum(p, k), x, v(free + k));
                    }
                }
            }
            return;
        }
        for (int p = 0; p < outputs; p++) {
            asm.broadcast(free + p, at(RBX, p * step));
        }
        for (int k = 0; k < vectors(); k++) {
            asm.load(free + outputs, at(RCX, k * asm.width()), 0);
            for (int p = 0; p < outputs; p++) {
                asm.op(Op.FMA231, sum(p, k), free + p, v(free + outputs));
            }
        }
    }

    private void step(Vectors asm, int outputs, Step step, int place) {
        switch (step) {
            case Step.AddChannel _ -> channels(asm, outputs, Op.ADD, place);
            case Step.MulChannel _ -> channels(asm, outputs, Op.MUL, place);
            case Step.Add _ -> add(asm, outputs, place);
            case Step.Clip(float low, float high) -> {
                limit(asm, outputs, Op.MAX, low); // NaN gives the second
                limit(asm, outputs, Op.MIN, high);
            }
        }
    }

    private void channels(Vectors asm, int outputs, Op op, int place) {
        int work = free(outputs);
        block(asm, RSI, place);
        for (int k = 0; k < vectors(); k++) {
            channel(asm, work, RSI, k);
            for (int p = 0; p < outputs; p += shared(k) ? 2 : 1) {
                asm.op(op, sum(p, k), sum(p, k), v(work));
            }
        }
    }

    private void limit(Vectors asm, int outputs, Op op, float limit) {
        if (Float.isInfinite(limit)) {
            return;
        }
        int work = free(outputs);
        asm.broadcast(work, c(limit));
        for (int i = 0; i < work; i++) {
            asm.op(op, i, i, v(work));
        }
    }

    private void add(Vectors asm, int outputs, int place) {
        int work = free(outputs);
        block(asm, RSI, place);
        asm.addRegister(RSI, R15);
        asm.loadPointer(R13, R12, STEP_Y);
        for (int p = 0; p < outputs; p++) {
            for (int k = 0; k < vectors(); k++) {
                if (shared(k) && p % 2 == 1) {
                    asm.where(Op.ADD, sum(p, k), sum(p, k), at(RSI, upper(asm)));
                } else {
                    asm.load(work, at(RSI, k * asm.width()), edge(k));
                    asm.op(Op.ADD, sum(p, k), sum(p, k), v(work));
                }
            }
            asm.addRegister(RSI, R13);
        }
    }

    private void store(Vectors asm, int outputs) {
        block(asm, R13, STEP_Y);
        for (int p = 0; p < outputs; p++) {
            for (int k = 0; k < vectors(); k++) {
                boolean second = shared(k) && p % 2 == 1;
                asm.store(sum(p, k), at(R15, second ? upper(asm) : k * asm.width()), second ? UPPER : edge(k));
            }
            asm.addRegister(R15, R13);
        }
    }
}
