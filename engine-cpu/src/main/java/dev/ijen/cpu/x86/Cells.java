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

    /// The gates of some rows from their sums, and the states. Arguments: gates, the step from gate to gate, c before, c after, h, vectors of a row, rows,
    /// bytes of a row of states behind these vectors.
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
        var math = new GateMath(asm, free, target.registers() > 16 ? 18 : 1);
        asm.address(RAX, RSI, RSI, 1);
        asm.loadPointer(R10, RSP, STACK);
        asm.loadPointer(R11, RSP, STACK + 8);
        asm.copy(RBP, R11);
        asm.addRegister(RBP, RAX);
        int row = asm.size();
        asm.copy(RBX, R9);
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
        math.activate(g);
        asm.op(Op.MUL, o.x(), o.x(), v(g.x()));
        asm.store(o.x(), at(R8), 0);
        next(asm, RDI, RDX, RCX, R8);
        again(asm, RBX, start);
        pass(asm, R11, RDX, RCX, R8);
        asm.addRegister(RDI, RBP);
        again(asm, R10, row);
        return end(asm);
    }

    /// The gradients of some rows' sums. Arguments: gates, the step from gate to gate, c before, c after, gradient of h from outside, gradient of h from the
    /// step after, gradient of c, which becomes that of c before, gradients of the sums, vectors of a row, rows, bytes of a row of states behind these
    /// vectors.
    ///
    /// @return null if machine code can't be made here
    public MachineCode lstmGradient() {
        var asm = target.vectors();
        var free = asm.registers();
        asm.push(SAVED);
        var c = gate(free, true);
        int tanh = c.x();
        int x = c.y();
        int k = c.t();
        int o = free.take();
        int e = free.take();
        int w = free.take();
        var math = new GateMath(asm, free, target.registers() > 16 ? 18 : 6);
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
        asm.load(tanh, at(RCX), 0);
        math.activate(c);
        asm.load(o, gate(3), 0);
        asm.load(e, at(R9), 0);
        asm.load(x, at(R8), 0);
        asm.op(Op.ADD, e, e, v(x));
        asm.op(Op.MUL, e, e, v(o));
        asm.op(Op.MUL, w, tanh, v(tanh));
        math.rest(w, w, k);
        asm.op(Op.MUL, w, e, v(w));
        asm.load(x, at(R10), 0);
        asm.op(Op.ADD, w, w, v(x)); // the gradient of c
        asm.op(Op.MUL, e, e, v(tanh));
        math.rest(o, o, k);
        asm.op(Op.MUL, e, e, v(o));
        asm.store(e, gate(R11, 3), 0);
        inner(asm, math, w, new int[] {x, o, e, tanh, k});
        next(asm, RDI, RDX, RCX, R8, R9, R10, R11);
        again(asm, RBX, start);
        pass(asm, R12, RDX, RCX, R8, R9, R10);
        asm.addRegister(RDI, RBP);
        asm.addRegister(R11, RBP);
        again(asm, R13, row);
        return end(asm);
    }

    /// Of the gates that make c, whose gradient is in a register.
    private static void inner(Vectors asm, GateMath math, int dc, int[] free) {
        int x = free[0];
        int g = free[1];
        int d = free[2];
        int cg = free[3];
        int work = free[4];
        asm.load(x, gate(0), 0);
        asm.load(g, gate(2), 0);
        asm.op(Op.MUL, cg, dc, v(x));
        asm.op(Op.MUL, d, cg, v(g));
        math.rest(x, x, work);
        asm.op(Op.MUL, d, d, v(x));
        asm.store(d, gate(R11, 0), 0);
        asm.op(Op.MUL, g, g, v(g));
        math.rest(g, g, work);
        asm.op(Op.MUL, d, cg, v(g));
        asm.store(d, gate(R11, 2), 0);
        asm.load(x, gate(1), 0);
        asm.op(Op.MUL, dc, dc, v(x));
        asm.load(g, at(RDX), 0);
        asm.op(Op.MUL, d, dc, v(g));
        math.rest(x, x, work);
        asm.op(Op.MUL, d, d, v(x));
        asm.store(d, gate(R11, 1), 0);
        asm.store(dc, at(R10), 0);
    }

    /// The gates of some rows from their sums, and the states. Arguments: gates, the step from gate to gate, the input's part of gate n, h before, the
    /// state's part of gate n, h after, vectors of a row, rows, bytes of a row of states behind these vectors.
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
        var math = new GateMath(asm, free, target.registers() > 16 ? 18 : 6);
        asm.loadPointer(R10, RSP, STACK + 8);
        asm.loadPointer(R11, RSP, STACK + 16);
        asm.address(RBP, R11, RSI, 1);
        int row = asm.size();
        asm.loadPointer(RBX, RSP, STACK);
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
        next(asm, RDI, RDX, RCX, R8, R9);
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

    private static Operand at(int base) {
        return new Operand.At(base, -1, 0, 0);
    }

    private static Operand gate(int number) {
        return gate(RDI, number);
    }

    /// A gate's vector; rsi is the step, rax three of them.
    private static Operand gate(int base, int number) {
        return switch (number) {
            case 0 -> at(base);
            case 1 -> new Operand.At(base, RSI, 0, 0);
            case 2 -> new Operand.At(base, RSI, 1, 0);
            default -> new Operand.At(base, RAX, 0, 0);
        };
    }

    private static void next(Vectors asm, int... bases) {
        for (int b : bases) {
            asm.add(b, asm.width());
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
