package dev.ijen.cuda.ptx;

import dev.ijen.tensor.DType;
import java.util.EnumMap;
import java.util.Map;

/// The text of one kernel under construction: instructions in order, and how many registers of each kind they use.
/// Every value gets a register of its own; the assembler finds the real ones.
final class Asm {
    /// Kinds of registers.
    enum Kind {
        PRED(".pred", "%p"), B16(".b16", "%rs"), B32(".b32", "%r"), B64(".b64", "%rd"), F32(".f32", "%f"),
        F64(".f64", "%fd");

        private final String type;
        private final String prefix;

        Kind(String type, String prefix) {
            this.type = type;
            this.prefix = prefix;
        }

        /// The kind that holds values of a compute type.
        static Kind of(DType compute) {
            return switch (compute) {
                case F32 -> F32;
                case F64 -> F64;
                case I32 -> B32;
                case I64 -> B64;
                case F16, BF16, I8, U8, BOOL -> throw new IllegalArgumentException(compute + " is not computed in");
            };
        }
    }

    private final StringBuilder text = new StringBuilder();
    private final Map<Kind, Integer> count = new EnumMap<>(Kind.class);
    private int labels;

    /// A new register.
    String fresh(Kind kind) {
        return kind.prefix + (count.merge(kind, 1, Integer::sum) - 1);
    }

    /// An instruction without a new result.
    void op(String name, String... operands) {
        text.append('\t').append(name);
        for (int i = 0; i < operands.length; i++) {
            text.append(i == 0 ? " " : ", ").append(operands[i]);
        }
        text.append(";\n");
    }

    /// An instruction whose result gets a new register.
    String make(Kind kind, String name, String... operands) {
        var all = new String[operands.length + 1];
        all[0] = fresh(kind);
        System.arraycopy(operands, 0, all, 1, operands.length);
        op(name, all);
        return all[0];
    }

    /// A whole number in a new 32-bit register.
    String b32(String name, String... operands) {
        return make(Kind.B32, name, operands);
    }

    String b64(String name, String... operands) {
        return make(Kind.B64, name, operands);
    }

    String pred(String name, String... operands) {
        return make(Kind.PRED, name, operands);
    }

    /// A label to place later.
    String label() {
        return "$L" + labels++;
    }

    void place(String label) {
        text.append(label).append(":\n");
    }

    /// Goes to a label, all threads of the warp or none.
    void jump(String label) {
        op("bra.uni", label);
    }

    void jumpIf(String pred, String label) {
        op("@" + pred + " bra", label);
    }

    void jumpUnless(String pred, String label) {
        op("@!" + pred + " bra", label);
    }

    /// Lines as they are.
    void raw(String lines) {
        text.append(lines);
    }

    /// The instructions under their heading.
    ///
    /// @param parameters addresses
    String entry(String name, int parameters, int threads, int sharedBytes) {
        var s = new StringBuilder(".visible .entry " + name + "(");
        for (int i = 0; i < parameters; i++) {
            s.append(i == 0 ? "\n\t" : ",\n\t").append(".param .u64 ").append(parameter(name, i));
        }
        s.append("\n)\n.maxntid ").append(threads).append(", 1, 1\n{\n");
        count.forEach((k, n) -> s.append("\t.reg ").append(k.type).append(' ').append(k.prefix).append('<').append(n)
                .append(">;\n"));
        if (sharedBytes > 0) {
            s.append("\t.shared .align 16 .b8 ").append(shared(name)).append('[').append(sharedBytes).append("];\n");
        }
        return s.append(text).append("\tret;\n}\n").toString();
    }

    static String parameter(String name, int i) {
        return name + "_param_" + i;
    }

    static String shared(String name) {
        return name + "_shared";
    }
}
