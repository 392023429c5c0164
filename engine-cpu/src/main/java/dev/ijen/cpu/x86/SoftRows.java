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

/// Softmax of rows of floats in machine code: the bits of the Vector API's passes, at full speed from the first run on.
///
/// Arguments of the functions: the first row, where the result goes, rows, bytes from row to row of both, whole vectors of a row, numbers
/// that are left over. A row has a vector at least; it may be its own result.
///
/// @param target that the processor has
public record SoftRows(Target target) {
    private static final int EDGE = 3;
    /// The seventh argument, before anything is pushed.
    private static final int SEVENTH = 8;

    /// Softmax.
    ///
    /// @return null if machine code can't be made here
    public MachineCode softmax() {
        return new Writer().write(true);
    }

    /// exp(x − greatest) of each number. The seventh argument says where each row's greatest number and sum go, one after the other.
    ///
    /// @return null if machine code can't be made here
    public MachineCode exponentials() {
        return new Writer().write(false);
    }

    private final class Writer {
        private final Vectors asm = target.vectors();
        private final Registers free = asm.registers();
        private final VectorMath math = new VectorMath(asm, free);
        private final int[] most = {free.take(), free.take(), free.take(), free.take()};
        private final int[] sum = {free.take(), free.take()};
        private final int x = free.take();
        private final int e = free.take();

        MachineCode write(boolean whole) {
            asm.edges(R9, RAX, EDGE);
            if (!whole) {
                asm.loadPointer(R9, RSP, SEVENTH);
            }
            asm.align();
            int start = asm.size();
            greatest();
            terms();
            if (whole) {
                scale();
            } else {
                asm.storeOne(most[0], R9);
                asm.add(R9, 4);
                asm.storeOne(sum[0], R9);
                asm.add(R9, 4);
            }
            asm.addRegister(RDI, RCX);
            asm.addRegister(RSI, RCX);
            asm.decrement(RDX);
            asm.backIfNotZero(start);
            asm.end();
            return MachineCode.of(asm.finish());
        }

        /// The greatest number of a row, in all lanes. The last vector is the one that ends with the row. A number that is none may be lost
        /// here, but its exponential is none either.
        private void greatest() {
            for (int m : most) {
                asm.broadcast(m, c(Float.NEGATIVE_INFINITY));
            }
            vectors(most.length, k -> asm.op(Op.MAX, most[k], most[k], at(RDI, k)));
            asm.op(Op.MAX, most[1], most[1], new Operand.At(RDI, RCX, 0, -asm.width()));
            asm.op(Op.MAX, most[0], most[0], v(most[1]));
            asm.op(Op.MAX, most[2], most[2], v(most[3]));
            asm.op(Op.MAX, most[0], most[0], v(most[2]));
            asm.all(Op.MAX, most[0], most[1]);
        }

        private void terms() {
            for (int s : sum) {
                asm.op(Op.XOR_I, s, s, v(s));
            }
            vectors(sum.length, k -> {
                asm.load(x, at(RDI, k), 0);
                asm.op(Op.SUB, x, x, v(most[0]));
                math.exp(e, x);
                asm.store(e, at(RSI, k), 0);
                asm.op(Op.ADD, sum[k], sum[k], v(e));
            });
            asm.load(x, at(RDI, 0), EDGE);
            asm.op(Op.SUB, x, x, v(most[0]));
            math.exp(e, x);
            asm.store(e, at(RSI, 0), EDGE);
            asm.load(e, at(RSI, 0), EDGE); // with zeros for what there is not
            asm.op(Op.ADD, sum[1], sum[1], v(e));
            asm.op(Op.ADD, sum[0], sum[0], v(sum[1]));
            asm.all(Op.ADD, sum[0], sum[1]);
        }

        private void scale() {
            asm.broadcast(x, c(1f));
            asm.op(Op.DIV, x, x, v(sum[0]));
            vectors(most.length, k -> {
                asm.op(Op.MUL, e, x, at(RSI, k));
                asm.store(e, at(RSI, k), 0);
            });
            asm.load(e, at(RSI, 0), EDGE);
            asm.op(Op.MUL, e, x, v(e));
            asm.store(e, at(RSI, 0), EDGE);
        }

        /// Does something with all whole vectors of a row, some at a time while there are so many, and leaves the place behind them in [Assembler#RAX].
        private void vectors(int each, IntConsumer body) {
            asm.copy(R10, R8);
            asm.clear(RAX);
            loop(each, body);
            loop(1, body);
        }

        private void loop(int each, IntConsumer body) {
            asm.compare(R10, each);
            int none = asm.jumpIfLess();
            int start = asm.size();
            for (int k = 0; k < each; k++) {
                body.accept(k);
            }
            asm.add(RAX, each * asm.width());
            asm.add(R10, -each);
            asm.compare(R10, each);
            asm.backIfNotLess(start);
            asm.here(none);
        }

        private Operand at(int base, int k) {
            return new Operand.At(base, RAX, 0, k * asm.width());
        }
    }
}
