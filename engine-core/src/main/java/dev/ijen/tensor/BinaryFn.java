package dev.ijen.tensor;

/// Elementwise functions of two arguments of one type. Comparisons give BOOL.
public enum BinaryFn {
    /// a + b; integers wrap.
    ADD,
    /// a − b; integers wrap.
    SUB,
    /// a · b; integers wrap.
    MUL,
    /// a / b; integers truncate toward zero, and by zero give 0.
    DIV,
    /// Remainder with the sign of b: a − ⌊a / b⌋ · b; integers by zero give 0.
    MOD,
    /// aᵇ; real types only.
    POW,
    /// Angle of the point (b, a); real types only.
    ATAN2,
    /// The greater; NaN wins.
    MAX,
    /// The lesser; NaN wins.
    MIN,
    /// Bits in both; integers and BOOL only.
    AND,
    /// Bits in either; integers and BOOL only.
    OR,
    /// Bits in one of both; integers and BOOL only.
    XOR,
    /// Bits moved left, count modulo the width; integers only.
    SHL,
    /// Bits moved right with zeros coming in (on I8 and U8: of the value as I32), count modulo the width; integers only.
    SHR,
    /// a = b.
    EQ,
    /// a ≠ b.
    NE,
    /// a < b.
    LT,
    /// a ≤ b.
    LE,
    /// a > b.
    GT,
    /// a ≥ b.
    GE;

    /// True for those that give BOOL.
    public boolean comparison() {
        return switch (this) {
            case EQ, NE, LT, LE, GT, GE -> true;
            case ADD, SUB, MUL, DIV, MOD, POW, ATAN2, MAX, MIN, AND, OR, XOR, SHL, SHR -> false;
        };
    }

    /// True for those that take bits.
    public boolean bitwise() {
        return switch (this) {
            case AND, OR, XOR, SHL, SHR -> true;
            case ADD, SUB, MUL, DIV, MOD, POW, ATAN2, MAX, MIN, EQ, NE, LT, LE, GT, GE -> false;
        };
    }

    /// The value for real arguments. Bitwise functions have none.
    public double at(double a, double b) {
        return switch (this) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MOD -> a - Math.floor(a / b) * b;
            case POW -> Math.pow(a, b);
            case ATAN2 -> Math.atan2(a, b);
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case EQ -> a == b ? 1 : 0;
            case NE -> a != b ? 1 : 0;
            case LT -> a < b ? 1 : 0;
            case LE -> a <= b ? 1 : 0;
            case GT -> a > b ? 1 : 0;
            case GE -> a >= b ? 1 : 0;
            case AND, OR, XOR, SHL, SHR -> throw new IllegalArgumentException(this + " of real numbers");
        };
    }

    /// The value for I64 arguments.
    public long at(long a, long b) {
        return switch (this) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> b == 0 ? 0 : a / b;
            case MOD -> b == 0 ? 0 : Math.floorMod(a, b);
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case AND -> a & b;
            case OR -> a | b;
            case XOR -> a ^ b;
            case SHL -> a << b;
            case SHR -> a >>> b;
            case EQ -> a == b ? 1 : 0;
            case NE -> a != b ? 1 : 0;
            case LT -> a < b ? 1 : 0;
            case LE -> a <= b ? 1 : 0;
            case GT -> a > b ? 1 : 0;
            case GE -> a >= b ? 1 : 0;
            case POW, ATAN2 -> throw new IllegalArgumentException(this + " of whole numbers");
        };
    }
}
