package dev.ijen.cpu.x86;

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
import static dev.ijen.cpu.x86.Assembler.RSP;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;

/// The innermost step of a convolution of floats in machine code, channels last: some neighbouring outputs by all output channels, all sums in
/// registers. Each sum begins with a number of its channel and is a chain of fused multiply-adds over rows of the window, its columns and input
/// channels, in this order.
///
/// @param target that the processor has
/// @param vectors of output channels
/// @param last channels of the last vector, if they do not fill it; 0 if they do. Only with AVX-512, whose masks take no registers
public record ConvTile(Target target, int vectors, int last) {
    /// Most vectors of output channels.
    public static final int MOST = 4;

    /// Bytes of the block that arguments point to, and what is where in it.
    public static final int BLOCK = 64;
    public static final int BIAS = 0;
    public static final int Y = 8;
    public static final int STEP_Y = 16;
    public static final int GROUPS = 24;
    public static final int LINES = 32;
    public static final int NEXT_X = 40;
    public static final int NEXT_Y = 48;
    private static final int LEFT = 56;
    private static final int EDGE = 1;

    private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
    private static final int STACK = 8 * SAVED.length; // bytes pushed before the arguments on the stack are read

    /// Most outputs beside each other: so many that their sums, and either the filter's vectors and one number or the numbers and one vector, fit the
    /// registers, and that addresses can tell.
    public int outputs() {
        int most = 1;
        for (int n = 2; n <= 8; n++) {
            most = n * vectors + Math.min(n, vectors) + 1 <= target.registers() ? n : most;
        }
        return most;
    }

    /// For lines of groups of some outputs beside each other. Arguments, addresses and steps in bytes: the first window's beginning, step between
    /// windows, step between a window's rows, filter [rows, columns · channels, output channels], columns · channels ≥ 1, rows ≥ 1, address of
    /// [#BLOCK] bytes, and four that are not used. There, of 64 bits each: address of a number for each output channel, y, step between outputs,
    /// groups of a line ≥ 1, lines ≥ 1, step from behind a line's last window to the next line's first, the same in y, and room to count. The
    /// filter's vectors are whole, whatever the last one holds; numbers for output channels and y end with the channels.
    ///
    /// @param relu whether what is below 0, or NaN, becomes 0
    /// @return null if machine code can't be made here
    public MachineCode of(int outputs, boolean relu) {
        var asm = target.vectors();
        asm.push(SAVED);
        if (last > 0) {
            asm.clear(RBX);
            asm.add(RBX, last);
            asm.edges(RBX, RAX, EDGE);
        }
        EightRows.steps(asm);
        block(asm, R15, Y);
        asm.copy(R14, RCX); // filter
        int line = asm.size();
        block(asm, RBX, GROUPS);
        asm.storePointer(RBX, R12, LEFT);
        int group = asm.size();
        block(asm, R12, BIAS);
        for (int k = 0; k < vectors; k++) {
            asm.load(k, at(R12, k * asm.width()), edge(k));
            for (int p = 1; p < outputs; p++) {
                asm.move(p * vectors + k, k);
            }
        }
        asm.copy(RBP, RDI); // this row's beginning
        asm.copy(RCX, R14);
        asm.copy(R13, R9); // rows left
        int row = asm.size();
        asm.copy(RBX, RBP);
        asm.copy(R12, R8); // numbers left
        int number = asm.size();
        products(asm, outputs);
        asm.add(RBX, Float.BYTES);
        asm.add(RCX, vectors * asm.width());
        asm.decrement(R12);
        asm.backIfNotZero(number);
        asm.addRegister(RBP, RDX);
        asm.decrement(R13);
        asm.backIfNotZero(row);
        store(asm, outputs, relu);
        EightRows.pass(asm, RDI, outputs);
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

    private int edge(int vector) {
        return last > 0 && vector == vectors - 1 ? EDGE : 0;
    }

    private static Operand at(int base, int displacement) {
        return new Operand.At(base, -1, 0, displacement);
    }

    /// A number of each window times the vectors of the filter: whichever are fewer stay in registers.
    private void products(Vectors asm, int outputs) {
        Operand[] window = EightRows.at(RBX);
        int free = outputs * vectors;
        boolean keepFilter = vectors <= outputs;
        if (keepFilter) {
            for (int k = 0; k < vectors; k++) {
                asm.load(free + k, at(RCX, k * asm.width()), 0);
            }
            for (int p = 0; p < outputs; p++) {
                asm.broadcast(free + vectors, window[p]);
                for (int k = 0; k < vectors; k++) {
                    asm.op(Op.FMA231, p * vectors + k, free + vectors, v(free + k));
                }
            }
            return;
        }
        for (int p = 0; p < outputs; p++) {
            asm.broadcast(free + p, window[p]);
        }
        for (int k = 0; k < vectors; k++) {
            asm.load(free + outputs, at(RCX, k * asm.width()), 0);
            for (int p = 0; p < outputs; p++) {
                asm.op(Op.FMA231, p * vectors + k, free + p, v(free + outputs));
            }
        }
    }

    private void store(Vectors asm, int outputs, boolean relu) {
        int zero = outputs * vectors;
        if (relu) {
            asm.op(Op.XOR_I, zero, zero, v(zero));
        }
        block(asm, R13, STEP_Y);
        for (int p = 0; p < outputs; p++) {
            for (int k = 0; k < vectors; k++) {
                int sum = p * vectors + k;
                if (relu) {
                    asm.op(Op.MAX, sum, sum, v(zero)); // NaN gives the second
                }
                asm.store(sum, at(R15, k * asm.width()), edge(k));
            }
            asm.addRegister(R15, R13);
        }
    }
}
