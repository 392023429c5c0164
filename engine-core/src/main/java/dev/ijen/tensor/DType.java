package dev.ijen.tensor;

/// Element types. [#bytes] is the size in memory; [#kind] decides promotion and in which type arithmetic is done:
/// `F16` and `BF16` are storage types whose arithmetic is done in `F32`, `I8`, `U8` and `BOOL` compute in `I32` and wrap
/// (or normalise to 0 and 1) when stored or cast.
public enum DType {
    /// IEEE 754 binary32.
    F32(4, Kind.FLOAT, "F32"),
    /// IEEE 754 binary64.
    F64(8, Kind.FLOAT, "F64"),
    /// IEEE 754 binary16.
    F16(2, Kind.FLOAT, "F16"),
    /// bfloat16: the upper half of a binary32, rounded to nearest even.
    BF16(2, Kind.FLOAT, "BF16"),
    /// Signed 32-bit integer.
    I32(4, Kind.INT, "I32"),
    /// Signed 64-bit integer.
    I64(8, Kind.INT, "I64"),
    /// Signed 8-bit integer.
    I8(1, Kind.INT, "I8"),
    /// Unsigned 8-bit integer.
    U8(1, Kind.INT, "U8"),
    /// Truth value in one byte, 0 or 1.
    BOOL(1, Kind.BOOL, "BOOL");

    /// What an element stands for.
    public enum Kind {
        /// Real numbers.
        FLOAT,
        /// Whole numbers.
        INT,
        /// Truth values.
        BOOL
    }

    private final int bytes;
    private final Kind kind;
    private final String code;

    DType(int bytes, Kind kind, String code) {
        this.bytes = bytes;
        this.kind = kind;
        this.code = code;
    }

    /// Size of one element in bytes.
    public int bytes() {
        return bytes;
    }

    /// Real, whole or truth value.
    public Kind kind() {
        return kind;
    }

    /// The name safetensors uses for this type.
    public String code() {
        return code;
    }

    /// True for F16, BF16, F32 and F64.
    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /// True for I8, U8, I32 and I64.
    public boolean isInt() {
        return kind == Kind.INT;
    }

    /// The type arithmetic is done in: one of F32, F64, I32, I64.
    public DType compute() {
        return switch (this) {
            case F32, F16, BF16 -> F32;
            case F64 -> F64;
            case I32, I8, U8, BOOL -> I32;
            case I64 -> I64;
        };
    }

    /// The smallest type that holds both: BOOL < U8, I8 < I32 < I64 < F16, BF16 < F32 < F64. Pairs of equal rank that do not
    /// contain each other go one step up (U8 with I8 → I32, F16 with BF16 → F32).
    public static DType promote(DType a, DType b) {
        if (a == b) {
            return a;
        }
        int ra = rank(a);
        int rb = rank(b);
        if (ra == rb) {
            return a.isFloat() ? F32 : I32;
        }
        return ra > rb ? a : b;
    }

    private static int rank(DType t) {
        return switch (t) {
            case BOOL -> 0;
            case U8, I8 -> 1;
            case I32 -> 2;
            case I64 -> 3;
            case F16, BF16 -> 4;
            case F32 -> 5;
            case F64 -> 6;
        };
    }
}
