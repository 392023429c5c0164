package dev.ijen.cpu.x86;

import dev.ijen.cpu.x86.Assembler.Operand;
import dev.ijen.spi.Region.Instr;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/// Some instructions of a region as a loop over blocks of 32-bit values, in machine code: operands are read once, results
/// written once, and everything between stays in registers.
///
/// The function takes the addresses of the values' blocks, in the order of the region's body, and the number of points.
/// What it computes is, to the bit, what the passes of the interpreter compute.
///
/// @param body of the region; the same instructions with the same operands give the same function
/// @param computed what to compute, in order
/// @param same the value that each value stands for
/// @param uniform of each value: true if one number is at its address, for all points
/// @param written of each value: true if it is needed outside
public record Loop(List<Instr> body, List<Integer> computed, int[] same, boolean[] uniform, boolean[] written) {
    private static final int[] POINTERS = {1, 2, 8, 9, 10, 11, 3, 5, 12, 13, 14, 15}; // not rax, rsp, rsi, rdi
    private static final int SAVED = 6; // where those begin that belong to the caller
    private static final int EDGE = 3; // of the last points

    /// True if the instruction can be part of a loop.
    public static boolean takes(Instr i) {
        return switch (i) {
            case Instr.Unary u -> switch (u.f()) {
                case NEG, ABS, SIGN, RELU -> u.type() == DType.F32 || u.type() == DType.I32;
                case FLOOR, CEIL, ROUND, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, TANH, SIGMOID, ERF ->
                        u.type() == DType.F32;
                case NOT -> u.type() == DType.I32;
                case SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH -> false;
            };
            case Instr.Binary b -> switch (b.f()) {
                case ADD, SUB, MUL, MAX, MIN, EQ, NE, LT, LE, GT, GE -> b.of() == DType.F32 || b.of() == DType.I32;
                case DIV -> b.of() == DType.F32;
                case AND, OR, XOR, SHL, SHR -> b.of() == DType.I32;
                case MOD, POW, ATAN2 -> false;
            };
            case Instr.Select s -> s.type() == DType.F32 || s.type() == DType.I32;
            case Instr.Cast c -> c.from() == DType.I32 && (c.to() == DType.F32 || c.to() == DType.BOOL)
                    || c.from() == DType.F32 && (c.to() == DType.BOOL || c.to() == DType.BF16);
            case Instr.Load _,Instr.Imm _,Instr.Index _,Instr.Random _ -> false;
        };
    }

    /// The function, or null if it has too many values for the registers, or machine code can't be made here.
    ///
    /// @param target that the processor has
    public MachineCode compile(Target target) {
        var pointers = pointers();
        if (pointers.size() > POINTERS.length) {
            return null;
        }
        try {
            return MachineCode.of(write(target.vectors(), pointers));
        } catch (Registers.Spent _) {
            return null;
        }
    }

    /// Values whose addresses are needed.
    private List<Integer> pointers() {
        var list = new ArrayList<Integer>();
        for (int i : computed) {
            for (int o : body.get(i).operands()) {
                int v = same[o];
                boolean inside = computed.contains(v) || body.get(v) instanceof Instr.Imm;
                if (!inside && !list.contains(v)) {
                    list.add(v);
                }
            }
            if (written[i]) {
                list.add(i);
            }
        }
        return list;
    }

    private byte[] write(Vectors asm, List<Integer> pointers) {
        int saved = Math.max(SAVED, pointers.size());
        for (int k = SAVED; k < saved; k++) {
            asm.push(POINTERS[k]);
        }
        var base = new int[body.size()];
        for (int k = 0; k < pointers.size(); k++) {
            base[pointers.get(k)] = POINTERS[k];
            asm.loadPointer(POINTERS[k], Assembler.RDI, 8 * pointers.get(k));
        }
        asm.clear(Assembler.RAX);
        asm.compare(Assembler.RSI, asm.lanes());
        int few = asm.jumpIfLess();
        asm.align();
        int start = asm.size();
        new LoopBody(this, asm, asm.registers(), values(asm, base, 0)).write();
        asm.add(Assembler.RAX, asm.width());
        asm.add(Assembler.RSI, -asm.lanes());
        asm.compare(Assembler.RSI, asm.lanes());
        asm.backIfNotLess(start);
        asm.here(few);
        asm.compare(Assembler.RSI, 0);
        int none = asm.jumpIfNotGreater();
        asm.edges(Assembler.RSI, Assembler.RDI, EDGE);
        new LoopBody(this, asm, asm.registers(), values(asm, base, EDGE)).write();
        asm.here(none);
        for (int k = saved - 1; k >= SAVED; k--) {
            asm.pop(POINTERS[k]);
        }
        asm.end();
        return asm.finish();
    }

    /// @param base register with the address of each value that has one
    private LoopBody.Values values(Vectors asm, int[] base, int edge) {
        return new LoopBody.Values() {
            @Override
            public Operand at(int value) {
                return uniform[value] ? new Operand.One(base[value]) : new Operand.Block(base[value]);
            }

            @Override
            public boolean half(int value) {
                return false;
            }

            @Override
            public int held(int value) {
                return -1;
            }

            @Override
            public int edge() {
                return edge;
            }

            @Override
            public void computed(int value, int register) {
                if (written[value]) {
                    asm.store(register, new Operand.Block(base[value]), edge);
                }
            }
        };
    }
}
