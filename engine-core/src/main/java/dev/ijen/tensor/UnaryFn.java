package dev.ijen.tensor;

/// Elementwise functions of one argument. [#at] is the definition, in double; integers take those marked as such.
public enum UnaryFn {
    /// −x; also of integers.
    NEG,
    /// |x|; also of integers.
    ABS,
    /// −1, 0 or 1, NaN for NaN; also of integers.
    SIGN,
    /// Greatest whole number not above x.
    FLOOR,
    /// Least whole number not below x.
    CEIL,
    /// Nearest whole number, ties to even.
    ROUND,
    /// √x.
    SQRT,
    /// 1 / x.
    RECIP,
    /// eˣ.
    EXP,
    /// eˣ − 1, accurate near 0.
    EXPM1,
    /// Natural logarithm.
    LOG,
    /// ln(1 + x), accurate near 0.
    LOG1P,
    /// Sine of radians.
    SIN,
    /// Cosine of radians.
    COS,
    /// Tangent of radians.
    TAN,
    /// Inverse sine.
    ASIN,
    /// Inverse cosine.
    ACOS,
    /// Inverse tangent.
    ATAN,
    /// Hyperbolic sine.
    SINH,
    /// Hyperbolic cosine.
    COSH,
    /// Hyperbolic tangent.
    TANH,
    /// 1 / (1 + e⁻ˣ).
    SIGMOID,
    /// Error function.
    ERF,
    /// max(x, 0), NaN for NaN; also of integers.
    RELU,
    /// 1 where x = 0, else 0: logical negation; integers only.
    NOT;

    /// True where integers are taken.
    public boolean ofIntegers() {
        return switch (this) {
            case NEG, ABS, SIGN, RELU, NOT -> true;
            case FLOOR, CEIL, ROUND, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH, TANH,
                    SIGMOID, ERF -> false;
        };
    }

    /// The value at x.
    public double at(double x) {
        return switch (this) {
            case NEG -> -x;
            case ABS -> Math.abs(x);
            case SIGN -> Math.signum(x);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            case SQRT -> Math.sqrt(x);
            case RECIP -> 1 / x;
            case EXP -> Math.exp(x);
            case EXPM1 -> Math.expm1(x);
            case LOG -> Math.log(x);
            case LOG1P -> Math.log1p(x);
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case TAN -> Math.tan(x);
            case ASIN -> Math.asin(x);
            case ACOS -> Math.acos(x);
            case ATAN -> Math.atan(x);
            case SINH -> Math.sinh(x);
            case COSH -> Math.cosh(x);
            case TANH -> Math.tanh(x);
            case SIGMOID -> x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
            case ERF -> Erf.of(x);
            case RELU -> Math.max(x, 0);
            case NOT -> x == 0 ? 1 : 0;
        };
    }
}
