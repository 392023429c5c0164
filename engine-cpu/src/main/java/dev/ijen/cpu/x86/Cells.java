package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.R10;
import static dev.ijen.cpu.x86.Assembler.R11;
import static dev.ijen.cpu.x86.Assembler.R12;
import static dev.ijen.cpu.x86.Assembler.R13;
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
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;

/// What a step of a recurrent cell does beside its products, in machine code: the bits of the Vector API's passes, with nothing between written to
/// memory. Arguments are addresses of the first number, steps in bytes, and counts that are at least 1; a row of all gates is as many steps from gate to
/// gate as there are gates, a row of states is one such step.
///
/// @param target that the processor has
public record Cells(Target target) {
    private static final int[] SAVED = {RBX, RBP, R12, R13};
    private static final int STACK = 8 * SAVED.length + 8;

    /// The gates of some rows from their sums, and the states. Arguments: gates, the step from gate to gate, c before, c after, h, pairs of vectors of a row,
    /// rows, bytes of a row of states behind these vectors.
    ///
    /// The last tanh has a loop of its own, two at a time: one for each vector of gates would be a chain that the next vector waits behind.
    ///
    /// @return null if machine code can't be made here
    public MachineCode lstm() {
        var asm = target.vectors();
        var free = asm.registers();
        asm.push(SAVED);
        var i = gate(free, false);
        var f = gate(free, false);
        var g = gate(free, true);
        var o = gate(free, false);
        var math = new GateMath(asm, free, constants(1));
        asm.address(RAX, RSI, RSI, 1);
        asm.loadPointer(R10, RSP, STACK);
        asm.loadPointer(R11, RSP, STACK + 8);
        asm.copy(RBP, R11);
        asm.addRegister(RBP, RAX);
        int row = asm.size();
        asm.copy(R12, RCX);
        asm.address(R13, RDI, RAX, 0);
        asm.address(RBX, R9, R9, 0);
        asm.align();
        int start = asm.size();
        asm.load(i.x(), gate(0), 0);
        asm.load(f.x(), gate(1), 0);
        asm.load(g.x(), gate(2), 0);
        asm.load(o.x(), gate(3), 0);
        math.activate(i, f, g, o);
        asm.store(i.x(), gate(0), 0);
        asm.store(f.x(), gate(1), 0);
        asm.store(g.x(), gate(2), 0);
        asm.store(o.x(), gate(3), 0);
        asm.op(Op.MUL, g.x(), g.x(), v(i.x()));
        asm.load(i.x(), at(RDX), 0);
        asm.op(Op.FMA231, g.x(), f.x(), v(i.x()));
        asm.store(g.x(), at(RCX), 0);
        next(asm, 1, RDI, RDX, RCX);
        again(asm, RBX, start);
        states(asm, math, new GateMath.Gate(true, f.x(), f.y(), f.t()), g);
        pass(asm, R11, RDX, RCX, R8);
        asm.addRegister(RDI, RBP);
        again(asm, R10, row);
        return end(asm);
    }

    /// h = o · tanh c of a row.
    private static void states(Vectors asm, GateMath math, GateMath.Gate... c) {
        asm.copy(RBX, R9);
        asm.align();
        int start = asm.size();
        for (int k = 0; k < c.length; k++) {
            asm.load(c[k].x(), at(R12, k * asm.width()), 0);
        }
        math.activate(c);
        for (int k = 0; k < c.length; k++) {
            asm.op(Op.MUL, c[k].x(), c[k].x(), at(R13, k * asm.width()));
            asm.store(c[k].x(), at(R8, k * asm.width()), 0);
        }
        next(asm, c.length, R12, R13, R8);
        again(asm, RBX, start);
    }

    /// The gradients of some rows' sums. Arguments: gates, the step from gate to gate, c before, c after, gradient of h from outside, gradient of h from the
    /// step after, gradient of c, which becomes that of c before, gradients of the sums, pairs of vectors of a row, rows, bytes of a row of states behind
    /// these vectors.
    ///
    /// @return null if machine code can't be made here
    public MachineCode lstmGradient() {
        var asm = target.vectors();
        var free = asm.registers();
        asm.push(SAVED);
        GateMath.Gate[] c = {gate(free, true), gate(free, true)};
        int[] more = {free.take(), free.take(), free.take()};
        var math = new GateMath(asm, free, constants(4));
        asm.address(RAX, RSI, RSI, 1);
        asm.loadPointer(R10, RSP, STACK);
        asm.loadPointer(R11, RSP, STACK + 8);
        asm.loadPointer(R12, RSP, STACK + 32);
        asm.copy(RBP, R12);
        asm.addRegister(RBP, RAX);
        asm.loadPointer(R13, RSP, STACK + 24);
        int row = asm.size();
        asm.loadPointer(RBX, RSP, STACK + 16);
        asm.align();
        int start = asm.size();
        for (int k = 0; k < c.length; k++) {
            asm.load(c[k].x(), at(RCX, k * asm.width()), 0);
        }
        math.activate(c);
        for (int k = 0; k < c.length; k++) {
            gradient(asm, math, k * asm.width(), c[k], more);
        }
        next(asm, c.length, RDI, RDX, RCX, R8, R9, R10, R11);
        again(asm, RBX, start);
        pass(asm, R12, RDX, RCX, R8, R9, R10);
        asm.addRegister(RDI, RBP);
        asm.addRegister(R11, RBP);
        again(asm, R13, row);
        return end(asm);
    }

    /// Of the vector at some bytes from where registers point.
    ///
    /// @param c tanh c, and registers to work in
    private static void gradient(Vectors asm, GateMath math, int d, GateMath.Gate c, int[] more) {
        int tanh = c.x();
        int x = c.y();
        int k = c.t();
        int o = more[0];
        int e = more[1];
        int w = more[2];
        asm.load(o, gate(RDI, 3, d), 0);
        asm.load(e, at(R9, d), 0);
        asm.op(Op.ADD, e, e, at(R8, d));
        asm.op(Op.MUL, e, e, v(o));
        asm.op(Op.MUL, w, tanh, v(tanh));
        math.rest(w, w, k);
        asm.op(Op.MUL, w, e, v(w));
        asm.op(Op.ADD, w, w, at(R10, d)); // the gradient of c
        asm.op(Op.MUL, e, e, v(tanh));
        math.rest(o, o, k);
        asm.op(Op.MUL, e, e, v(o));
        asm.store(e, gate(R11, 3, d), 0);
        // of the gates that make c
        int g = tanh;
        asm.load(x, gate(RDI, 0, d), 0);
        asm.load(g, gate(RDI, 2, d), 0);
        asm.op(Op.MUL, o, w, v(x));
        asm.op(Op.MUL, e, o, v(g));
        math.rest(x, x, k);
        asm.op(Op.MUL, e, e, v(x));
        asm.store(e, gate(R11, 0, d), 0);
        asm.op(Op.MUL, g, g, v(g));
        math.rest(g, g, k);
        asm.op(Op.MUL, e, o, v(g));
        asm.store(e, gate(R11, 2, d), 0);
        asm.load(x, gate(RDI, 1, d), 0);
        asm.op(Op.MUL, w, w, v(x));
        asm.op(Op.MUL, e, w, at(RDX, d));
        math.rest(x, x, k);
        asm.op(Op.MUL, e, e, v(x));
        asm.store(e, gate(R11, 1, d), 0);
        asm.store(w, at(R10, d), 0);
    }

    /// The gates of some rows from their sums, and the states. Arguments: gates, the step from gate to gate, the input's part of gate n, h before, the
    /// state's part of gate n, h after, pairs of vectors of a row, rows, bytes of a row of states behind these vectors.
    ///
    /// @return null if machine code can't be made here
    public MachineCode gru() {
        var asm = target.vectors();
        var free = asm.registers();
        asm.push(SAVED);
        var r = gate(free, false);
        var z = gate(free, false);
        var n = new GateMath.Gate(true, r.x(), r.y(), r.t());
        int x = z.y();
        var math = new GateMath(asm, free, constants(6));
        asm.loadPointer(R10, RSP, STACK + 8);
        asm.loadPointer(R11, RSP, STACK + 16);
        asm.address(RBP, R11, RSI, 1);
        int row = asm.size();
        asm.loadPointer(RBX, RSP, STACK);
        asm.address(RBX, RBX, RBX, 0);
        asm.align();
        int start = asm.size();
        asm.load(r.x(), gate(0), 0);
        asm.load(z.x(), gate(1), 0);
        math.activate(r, z);
        asm.store(r.x(), gate(0), 0);
        asm.store(z.x(), gate(1), 0);
        asm.load(x, at(R8), 0);
        asm.op(Op.FMA213, r.x(), x, at(RDX));
        math.activate(n);
        asm.store(n.x(), gate(2), 0);
        asm.load(x, at(RCX), 0);
        asm.op(Op.SUB, x, x, v(n.x()));
        asm.op(Op.FMA213, z.x(), x, v(n.x()));
        asm.store(z.x(), at(R9), 0);
        next(asm, 1, RDI, RDX, RCX, R8, R9);
        again(asm, RBX, start);
        pass(asm, R11, RCX, R8, R9);
        asm.addRegister(RDI, RBP);
        asm.addRegister(RDX, RBP);
        again(asm, R10, row);
        return end(asm);
    }

    private static GateMath.Gate gate(Registers free, boolean tanh) {
        return new GateMath.Gate(tanh, free.take(), free.take(), free.take());
    }

    /// How many constants there are registers for.
    ///
    /// @param narrow where there are few
    private int constants(int narrow) {
        return target.registers() > 16 ? 18 : narrow;
    }

    private static Operand at(int base) {
        return at(base, 0);
    }

    private static Operand at(int base, int displacement) {
        return new Operand.At(base, -1, 0, displacement);
    }

    private static Operand gate(int number) {
        return gate(RDI, number, 0);
    }

    /// A gate's vector; rsi is the step, rax three of them.
    private static Operand gate(int base, int number, int displacement) {
        return switch (number) {
            case 0 -> at(base, displacement);
            case 1 -> new Operand.At(base, RSI, 0, displacement);
            case 2 -> new Operand.At(base, RSI, 1, displacement);
            default -> new Operand.At(base, RAX, 0, displacement);
        };
    }

    /// Moves registers on by some vectors.
    private static void next(Vectors asm, int vectors, int... bases) {
        for (int b : bases) {
            asm.add(b, vectors * asm.width());
        }
    }

    private static void pass(Vectors asm, int bytes, int... bases) {
        for (int b : bases) {
            asm.addRegister(b, bytes);
        }
    }

    private static void again(Vectors asm, int count, int start) {
        asm.decrement(count);
        asm.backIfNotZero(start);
    }

    private static MachineCode end(Vectors asm) {
        asm.pop(SAVED);
        asm.end();
        return MachineCode.of(asm.finish());
    }
}
