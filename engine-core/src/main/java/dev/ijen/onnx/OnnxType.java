package dev.ijen.onnx;

import dev.ijen.tensor.DType;

/// Element types of ONNX, and the type each is computed in. Types a backend has are their own carriers. The others are carried in a
/// wider one, and results are brought back into their range after each node: a UINT16 is an I32 from 0 to 65,535. A STRING is carried
/// as its number in a table of strings ([Strings]), so whatever moves or compares elements takes strings.
enum OnnxType {
    /// binary32.
    FLOAT(1, DType.F32, true, 32),
    /// Unsigned, 8 bits.
    UINT8(2, DType.U8, true, 8),
    /// Signed, 8 bits.
    INT8(3, DType.I8, true, 8),
    /// Unsigned, 16 bits.
    UINT16(4, DType.I32, false, 16),
    /// Signed, 16 bits.
    INT16(5, DType.I32, false, 16),
    /// Signed, 32 bits.
    INT32(6, DType.I32, true, 32),
    /// Signed, 64 bits.
    INT64(7, DType.I64, true, 64),
    /// Text.
    STRING(8, DType.I64, false, 0),
    /// Truth value.
    BOOL(9, DType.BOOL, true, 8),
    /// binary16.
    FLOAT16(10, DType.F16, true, 16),
    /// binary64.
    DOUBLE(11, DType.F64, true, 64),
    /// Unsigned, 32 bits.
    UINT32(12, DType.I64, false, 32),
    /// Unsigned, 64 bits: the bits as I64.
    UINT64(13, DType.I64, false, 64),
    /// bfloat16.
    BFLOAT16(16, DType.BF16, true, 16),
    /// 4 bits of exponent, 3 of fraction, no infinity (arXiv:2209.05433).
    FLOAT8E4M3FN(17, DType.F32, false, 8),
    /// The same with another bias and no negative zero (arXiv:2206.02915).
    FLOAT8E4M3FNUZ(18, DType.F32, false, 8),
    /// 5 bits of exponent, 2 of fraction.
    FLOAT8E5M2(19, DType.F32, false, 8),
    /// The same with another bias, no infinity and no negative zero.
    FLOAT8E5M2FNUZ(20, DType.F32, false, 8),
    /// Unsigned, 4 bits.
    UINT4(21, DType.I32, false, 4),
    /// Signed, 4 bits.
    INT4(22, DType.I32, false, 4),
    /// 2 bits of exponent, 1 of fraction.
    FLOAT4E2M1(23, DType.F32, false, 4),
    /// 8 bits of exponent: powers of two.
    FLOAT8E8M0(24, DType.F32, false, 8),
    /// Unsigned, 2 bits.
    UINT2(25, DType.I32, false, 2),
    /// Signed, 2 bits.
    INT2(26, DType.I32, false, 2);

    private final int code;
    private final DType carrier;
    private final boolean own;
    private final int bits;

    OnnxType(int code, DType carrier, boolean own, int bits) {
        this.code = code;
        this.carrier = carrier;
        this.own = own;
        this.bits = bits;
    }

    /// Number in TensorProto.DataType.
    int code() {
        return code;
    }

    /// Type it is computed in.
    DType carrier() {
        return carrier;
    }

    /// True if backends have this very type.
    boolean own() {
        return own;
    }

    /// Bits an element takes in a file.
    int bits() {
        return bits;
    }

    /// True for whole numbers without a sign.
    boolean unsigned() {
        return switch (this) {
            case UINT8, UINT16, UINT32, UINT64, UINT4, UINT2 -> true;
            case FLOAT, INT8, INT16, INT32, INT64, STRING, BOOL, FLOAT16, DOUBLE, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ,
                    FLOAT8E5M2, FLOAT8E5M2FNUZ, INT4, FLOAT4E2M1, FLOAT8E8M0, INT2 -> false;
        };
    }

    /// True for real numbers of 8 and 4 bits.
    boolean smallFloat() {
        return carrier == DType.F32 && this != FLOAT;
    }

    /// True for real numbers.
    boolean real() {
        return carrier.isFloat();
    }

    /// Least value, of whole numbers below 64 bits.
    long min() {
        return unsigned() ? 0 : -(1L << (bits - 1));
    }

    /// Greatest value, of whole numbers below 64 bits.
    long max() {
        return bits == 64 ? Long.MAX_VALUE : unsigned() ? (1L << bits) - 1 : (1L << (bits - 1)) - 1;
    }

    /// The type of a number, or null.
    static OnnxType of(int code) {
        for (var t : values()) {
            if (t.code == code) {
                return t;
            }
        }
        return null;
    }

    /// The type backends know as `t`.
    static OnnxType of(DType t) {
        return switch (t) {
            case F32 -> FLOAT;
            case F64 -> DOUBLE;
            case F16 -> FLOAT16;
            case BF16 -> BFLOAT16;
            case I32 -> INT32;
            case I64 -> INT64;
            case I8 -> INT8;
            case U8 -> UINT8;
            case BOOL -> BOOL;
        };
    }
}
