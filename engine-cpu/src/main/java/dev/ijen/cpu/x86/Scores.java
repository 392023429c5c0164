package dev.ijen.cpu.x86;

import static dev.ijen.cpu.x86.Assembler.R10;
import static dev.ijen.cpu.x86.Assembler.R8;
import static dev.ijen.cpu.x86.Assembler.R9;
import static dev.ijen.cpu.x86.Assembler.RAX;
import static dev.ijen.cpu.x86.Assembler.RCX;
import static dev.ijen.cpu.x86.Assembler.RDI;
import static dev.ijen.cpu.x86.Assembler.RDX;
import static dev.ijen.cpu.x86.Assembler.RSI;
import static dev.ijen.cpu.x86.Assembler.RSP;
import static dev.ijen.cpu.x86.Assembler.c;
import static dev.ijen.cpu.x86.Assembler.v;

import dev.ijen.cpu.x86.Assembler.Operand;
import java.util.function.IntConsumer;

/// What attention does with the scores of a strip of queries, in machine code: instruction by instruction what the Vector API's passes
/// compute, the same bits, with nothing between written to memory. A row is two vectors; arguments are addresses, steps in bytes, and numbers
/// that are at least 1.
///
/// @param target that the processor has
public record Scores(Target target) {
    private static final int HALVES = 2;
    /// The seventh argument.
    private static final Operand SEVENTH = new Operand.At(RSP, -1, 0, 8);

    /// One step of the softmax. Arguments: scores, rows, the greatest so far, sum so far, where the factor goes.
    ///
    /// @return null if machine code can't be made here
    public MachineCode softmax() {
        var asm = target.vectors();
        var free = asm.registers();
        var math = new VectorMath(asm, free);
        int[] most = {free.take(), free.take()};
        int[] sum = {free.take(), free.take()};
        int x = free.take();
        int e = free.take();
        each(h -> load(asm, most[h], RDX, h));
        asm.copy(RAX, RDI);
        asm.copy(R10, RSI);
        int start = begin(asm);
        each(h -> {
            load(asm, x, RAX, h);
            asm.op(Op.MAX, most[h], x, v(most[h])); // the second operand if one is NaN
        });
        asm.add(RAX, HALVES * asm.width());
        again(asm, R10, start);
        each(h -> {
            load(asm, x, RDX, h);
            store(asm, most[h], RDX, h);
            base(asm, most[h]);
            asm.op(Op.SUB, x, x, v(most[h]));
            math.exp(e, x);
            store(asm, e, R8, h);
            asm.op(Op.XOR_I, sum[h], sum[h], v(sum[h]));
        });
        start = begin(asm);
        each(h -> {
            load(asm, x, RDI, h);
            asm.op(Op.SUB, x, x, v(most[h]));
            math.exp(e, x);
            store(asm, e, RDI, h);
            asm.op(Op.ADD, sum[h], sum[h], v(e));
        });
        asm.add(RDI, HALVES * asm.width());
        again(asm, RSI, start);
        each(h -> {
            load(asm, x, RCX, h);
            load(asm, e, R8, h);
            asm.op(Op.MUL, x, x, v(e));
            asm.op(Op.ADD, x, x, v(sum[h]));
            store(asm, x, RCX, h);
        });
        return end(asm);
    }

    /// Weights and the gradients of scores. Arguments: scores, gradients of the weights, rows, logs of sums, what is taken from a gradient, one
    /// that is not used, and the factor's bits.
    ///
    /// @return null if machine code can't be made here
    public MachineCode gradient() {
        var asm = target.vectors();
        var free = asm.registers();
        var math = new VectorMath(asm, free);
        int[] log = {free.take(), free.take()};
        int[] delta = {free.take(), free.take()};
        int factor = free.take();
        int x = free.take();
        int e = free.take();
        asm.broadcast(factor, SEVENTH);
        each(h -> {
            load(asm, log[h], RCX, h);
            base(asm, log[h]);
            load(asm, delta[h], R8, h);
        });
        int start = begin(asm);
        each(h -> {
            load(asm, x, RDI, h);
            asm.op(Op.SUB, x, x, v(log[h]));
            math.exp(e, x);
            store(asm, e, RDI, h);
            load(asm, x, RSI, h);
            asm.op(Op.SUB, x, x, v(delta[h]));
            asm.op(Op.MUL, e, e, v(factor));
            asm.op(Op.MUL, e, e, v(x));
            store(asm, e, RSI, h);
        });
        asm.add(RDI, HALVES * asm.width());
        asm.add(RSI, HALVES * asm.width());
        again(asm, RDX, start);
        return end(asm);
    }

    /// The log of the whole sum, and what results are to be multiplied by. Arguments: the greatest, the sum.
    ///
    /// @return null if machine code can't be made here
    public MachineCode finish() {
        var asm = target.vectors();
        var free = asm.registers();
        var math = new VectorMath(asm, free);
        int x = free.take();
        int y = free.take();
        int z = free.take();
        each(h -> {
            load(asm, x, RSI, h);
            math.log(y, x);
            load(asm, z, RDI, h);
            asm.op(Op.ADD, z, z, v(y));
            store(asm, z, RDI, h);
            asm.broadcast(y, c(1f));
            asm.op(Op.DIV, y, y, v(x));
            asm.compare(x, c(0f), Op.EQ);
            asm.set(y, c(0f));
            store(asm, y, RSI, h);
        });
        return end(asm);
    }

    /// A row: Σ of a ∘ b over rows. Arguments: a, b, rows, where to.
    ///
    /// @return null if machine code can't be made here
    public MachineCode dot() {
        var asm = target.vectors();
        int[] sum = {0, 1};
        int x = 2;
        int y = 3;
        each(h -> asm.op(Op.XOR_I, sum[h], sum[h], v(sum[h])));
        int start = begin(asm);
        each(h -> {
            load(asm, x, RDI, h);
            load(asm, y, RSI, h);
            asm.op(Op.FMA231, sum[h], x, v(y));
        });
        asm.add(RDI, HALVES * asm.width());
        asm.add(RSI, HALVES * asm.width());
        again(asm, RDX, start);
        each(h -> store(asm, sum[h], RCX, h));
        return end(asm);
    }

    /// x · factor. Arguments: x, vectors, four that are not used, and the factor's bits.
    ///
    /// @return null if machine code can't be made here
    public MachineCode scale() {
        var asm = target.vectors();
        int factor = 0;
        int x = 1;
        asm.broadcast(factor, SEVENTH);
        int start = begin(asm);
        load(asm, x, RDI, 0);
        asm.op(Op.MUL, x, x, v(factor));
        store(asm, x, RDI, 0);
        asm.add(RDI, asm.width());
        again(asm, RSI, start);
        return end(asm);
    }

    /// Rows of whole vectors, each times a number of its own. Arguments: the first row, the step between rows, the numbers, the step between
    /// numbers, rows, vectors of a row.
    ///
    /// @return null if machine code can't be made here
    public MachineCode scaleRows() {
        var asm = target.vectors();
        int factor = 0;
        int x = 1;
        int row = begin(asm);
        asm.broadcast(factor, new Operand.At(RDX, -1, 0, 0));
        asm.copy(RAX, RDI);
        asm.copy(R10, R9);
        int start = asm.size();
        load(asm, x, RAX, 0);
        asm.op(Op.MUL, x, x, v(factor));
        store(asm, x, RAX, 0);
        asm.add(RAX, asm.width());
        again(asm, R10, start);
        asm.addRegister(RDI, RSI);
        asm.addRegister(RDX, RCX);
        again(asm, R8, row);
        return end(asm);
    }

    /// −∞ in the first columns of rows: of one more in each row. Arguments: the first row, rows, columns of the first row, less than all of a row in the last.
    ///
    /// @return null if machine code can't be made here
    public MachineCode hide() {
        var asm = target.vectors();
        int none = 0;
        int[] edges = {2, 3};
        asm.broadcast(none, c(Float.NEGATIVE_INFINITY));
        int start = begin(asm);
        asm.edges(RDX, RAX, edges);
        each(h -> asm.store(none, new Operand.At(RDI, -1, 0, h * asm.width()), edges[h]));
        asm.add(RDI, HALVES * asm.width());
        asm.add(RDX, 1);
        again(asm, RSI, start);
        return end(asm);
    }

    /// Does something for each vector of a row.
    private static void each(IntConsumer what) {
        for (int h = 0; h < HALVES; h++) {
            what.accept(h);
        }
    }

    /// What scores lie above: the number itself, but 0 for −∞, from which nothing can be taken.
    private static void base(Vectors asm, int x) {
        asm.compare(x, c(-Float.MAX_VALUE), Op.LT);
        asm.set(x, c(0f));
    }

    private static int begin(Vectors asm) {
        asm.align();
        return asm.size();
    }

    private static void again(Vectors asm, int count, int start) {
        asm.decrement(count);
        asm.backIfNotZero(start);
    }

    private static MachineCode end(Vectors asm) {
        asm.end();
        return MachineCode.of(asm.finish());
    }

    private static void load(Vectors asm, int to, int base, int half) {
        asm.load(to, new Operand.At(base, -1, 0, half * asm.width()), 0);
    }

    private static void store(Vectors asm, int from, int base, int half) {
        asm.store(from, new Operand.At(base, -1, 0, half * asm.width()), 0);
    }
}
