package dev.ijen.cpu.x86;

/// Vector instructions: opcode map (1: 0F, 2: 0F38, 3: 0F3A), mandatory prefix (0: none, 1: 66, 2: F3; with 80: for 64 bits) and opcode. They are the
/// same in EVEX and VEX encoding, but for those that are named at the end of the list, which only one of the two has.
enum Op {
    LOAD(1, 0, 0x10), STORE(1, 0, 0x11), MOVE(1, 0, 0x28), BROADCAST(2, 1, 0x18),
    /// Of floats; [#FMA213] is `to = a · to + b`, [#FMA231] is `to = a · b + to`.
    ADD(1, 0, 0x58), MUL(1, 0, 0x59), SUB(1, 0, 0x5c), MIN(1, 0, 0x5d), DIV(1, 0, 0x5e), MAX(1, 0, 0x5f), SQRT(1, 0, 0x51),
    FMA213(2, 1, 0xa8), FMA231(2, 1, 0xb8), ROUND(3, 1, 0x08), COMPARE(1, 0, 0xc2),
    /// Of ints. The shifts by a constant have their opcode's extension in place of the result, which is the second register.
    AND_I(1, 1, 0xdb), OR_I(1, 1, 0xeb), XOR_I(1, 1, 0xef), ADD_I(1, 1, 0xfe), SUB_I(1, 1, 0xfa),
    MUL_I(2, 1, 0x40),
    MAX_I(2, 1, 0x3d), MIN_I(2, 1, 0x39), ABS_I(2, 1, 0x1e), SHIFT_I(1, 1, 0x72),
    SHL_I(2, 1, 0x47), SHR_I(2, 1, 0x45), TO_FLOAT(1, 0, 0x5b),
    /// Of numbers of 16 bits in memory: as many as there are lanes, or one for all, to the low halves of lanes or to all halves.
    WIDEN(2, 1, 0x33), SPREAD_HALVES(2, 1, 0x79),
    /// Of two registers: neighbouring numbers, or pairs of them, from the low or the high half of each 128 bits.
    LOW(1, 0, 0x14), HIGH(1, 0, 0x15), LOW_PAIRS(1, 0x81, 0x14), HIGH_PAIRS(1, 0x81, 0x15),
    /// Of each four neighbours any, as a byte says.
    ANY(3, 1, 0x04),
    /// In EVEX encoding only, with masks that are registers of their own; SIGNS gives the signs of lanes. PARTS of 128 bits of two registers. NARROW
    /// writes the low halves of lanes, one after the other.
    BLEND(2, 1, 0x65), COMPARE_I(3, 1, 0x1f), TEST_I(2, 1, 0x27), SIGNS(2, 2, 0x39), PARTS(3, 1, 0x23), NARROW(2, 2, 0x33),
    /// In VEX encoding only, with lanes of all ones for masks: the first by a third register, the last two of memory. HALVES of two registers. PACK brings the low halves
    /// of lanes together, of two registers within each 128 bits; STORE_FIRST writes the first 128 bits.
    CHOOSE(3, 1, 0x4a), EQUAL_I(1, 1, 0x76), GREATER_I(1, 1, 0x66), LOAD_LANES(2, 1, 0x2c), STORE_LANES(2, 1, 0x2e),
    HALVES(3, 1, 0x06), FROM_GENERAL(1, 1, 0x6e), SPREAD_I(2, 1, 0x58), PACK(2, 1, 0x2b), STORE_FIRST(1, 0, 0x11);

    static final int SHIFT_LEFT = 6; // of SHIFT_I
    static final int SHIFT_RIGHT = 4; // of SHIFT_I, keeping the sign
    static final int SHIFT_RIGHT_UNSIGNED = 2; // of SHIFT_I, with zeros

    // predicates of COMPARE: quiet, false for NaN but for NE
    static final int EQ = 0x00;
    static final int LT = 0x11;
    static final int LE = 0x12;
    static final int UNORDERED = 0x03;
    static final int NE = 0x04;
    static final int GE = 0x1d;
    static final int GT = 0x1e;

    // of COMPARE_I
    static final int EQ_I = 0;
    static final int LT_I = 1;
    static final int LE_I = 2;
    static final int NE_I = 4;
    static final int GE_I = 5;
    static final int GT_I = 6;

    final int map;
    final int prefix;
    final int code;

    Op(int map, int prefix, int code) {
        this.map = map;
        this.prefix = prefix;
        this.code = code;
    }

    /// True if one number in memory may stand for a vector, which a bit of the encoding says; some read one anyway.
    boolean broadcasts() {
        return this != BROADCAST && this != SPREAD_HALVES;
    }
}
