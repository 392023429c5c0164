package dev.ijen.contract;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Elementwise;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.UnaryFn;

/// Elementwise operations of the reference.
final class RefElementwise {
    private static final double[] GAUSS_NODES = {0, 0.5384693101056831, -0.5384693101056831, 0.9061798459386640,
        -0.9061798459386640};
    private static final double[] GAUSS_WEIGHTS = {
        0.5688888888888889, 0.4786286704993665, 0.4786286704993665, 0.2369268850561891, 0.2369268850561891
    };

    private RefElementwise() {}

    static Value of(Elementwise op, Tensor t, Value[] in) {
        int n = t.shape().size();
        return switch (op) {
            case Elementwise.Unary u -> {
                if (in[0].real() != null) {
                    var r = new double[n];
                    for (int i = 0; i < n; i++) {
                        r[i] = unary(u.f(), in[0].real()[i]);
                    }
                    yield Value.reals(t.dtype(), t.shape(), r);
                }
                var r = new long[n];
                for (int i = 0; i < n; i++) {
                    r[i] = unary(u.f(), in[0].whole()[i]);
                }
                yield Value.wholes(t.dtype(), t.shape(), r);
            }
            case Elementwise.Binary b -> binary(b.f(), t, in[0], in[1]);
            case Elementwise.Select s -> {
                var r = Value.blank(t.dtype(), t.shape());
                for (int i = 0; i < n; i++) {
                    r.copy(i, in[0].whole()[i] == 1 ? in[1] : in[2], i);
                }
                yield r;
            }
            case Elementwise.Cast c -> cast(c.to(), in[0]);
        };
    }

    private static Value binary(BinaryFn f, Tensor t, Value a, Value b) {
        int n = t.shape().size();
        var whole = new long[n];
        if (a.real() == null) {
            for (int i = 0; i < n; i++) {
                whole[i] = a.dtype() == DType.I64
                        ? binary(f, a.whole()[i], b.whole()[i])
                        : binary(f, (int) a.whole()[i], (int) b.whole()[i]);
            }
            return Value.wholes(t.dtype(), t.shape(), whole);
        }
        var real = new double[n];
        for (int i = 0; i < n; i++) {
            if (f.comparison()) {
                whole[i] = compare(f, a.real()[i], b.real()[i]) ? 1 : 0;
            } else {
                real[i] = binary(f, a.real()[i], b.real()[i]);
            }
        }
        return f.comparison() ? Value.wholes(t.dtype(), t.shape(), whole) : Value.reals(t.dtype(), t.shape(), real);
    }

    static double unary(UnaryFn f, double x) {
        return switch (f) {
            case NEG -> -x;
            case ABS -> x <= 0 ? 0 - x : x;
            case SIGN -> x > 0 ? 1 : x < 0 ? -1 : x;
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            case SQRT -> Math.sqrt(x);
            case RECIP -> 1 / x;
            case EXP -> StrictMath.exp(x);
            case EXPM1 -> StrictMath.expm1(x);
            case LOG -> StrictMath.log(x);
            case LOG1P -> StrictMath.log1p(x);
            case SIN -> StrictMath.sin(x);
            case COS -> StrictMath.cos(x);
            case TAN -> StrictMath.tan(x);
            case ASIN -> StrictMath.asin(x);
            case ACOS -> StrictMath.acos(x);
            case ATAN -> StrictMath.atan(x);
            case SINH -> StrictMath.sinh(x);
            case COSH -> StrictMath.cosh(x);
            case TANH -> StrictMath.tanh(x);
            case SIGMOID -> x < 0 ? StrictMath.exp(x) / (1 + StrictMath.exp(x)) : 1 / (1 + StrictMath.exp(-x));
            case ERF -> erf(x);
            case RELU -> x > 0 ? x : Double.isNaN(x) ? x : 0;
            case NOT -> throw new IllegalArgumentException("NOT of a real number");
        };
    }

    private static long unary(UnaryFn f, long x) {
        return switch (f) {
            case NEG -> -x;
            case ABS -> x < 0 ? -x : x;
            case SIGN -> Long.compare(x, 0);
            case RELU -> x > 0 ? x : 0;
            case NOT -> x == 0 ? 1 : 0;
            case FLOOR, CEIL, ROUND, SQRT, RECIP, EXP, EXPM1, LOG, LOG1P, SIN, COS, TAN, ASIN, ACOS, ATAN, SINH, COSH,
                    TANH, SIGMOID,
                    ERF ->
                    throw new IllegalArgumentException(f + " of a whole number");
        };
    }

    private static double binary(BinaryFn f, double a, double b) {
        return switch (f) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case MOD -> a - Math.floor(a / b) * b;
            // StrictMath's is off by 28 units in the last place for bases near 1
            case POW -> Math.pow(a, b);
            case ATAN2 -> StrictMath.atan2(a, b);
            case MAX -> a > b || Double.isNaN(a) ? a : b;
            case MIN -> a < b || Double.isNaN(a) ? a : b;
            case AND, OR, XOR, SHL, SHR, EQ, NE, LT, LE, GT, GE ->
                    throw new IllegalArgumentException(f + " of real numbers");
        };
    }

    private static boolean compare(BinaryFn f, double a, double b) {
        return switch (f) {
            case EQ -> a == b;
            case NE -> a != b;
            case LT -> a < b;
            case LE -> a <= b;
            case GT -> a > b;
            case GE -> a >= b;
            case ADD, SUB, MUL, DIV, MOD, POW, ATAN2, MAX, MIN, AND, OR, XOR, SHL, SHR ->
                    throw new IllegalArgumentException(f.toString());
        };
    }

    private static long binary(BinaryFn f, long a, long b) {
        return switch (f) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> b == 0 ? 0 : a / b;
            case MOD -> {
                if (b == 0) {
                    yield 0;
                }
                long r = a % b;
                yield r != 0 && r < 0 != b < 0 ? r + b : r;
            }
            case MAX -> a > b ? a : b;
            case MIN -> a < b ? a : b;
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
            case POW, ATAN2 -> throw new IllegalArgumentException(f + " of whole numbers");
        };
    }

    /// Short whole numbers are I32 while they are computed with; only shifts and wrapping can tell.
    private static long binary(BinaryFn f, int a, int b) {
        return switch (f) {
            case SHL -> a << b;
            case SHR -> a >>> b;
            case ADD, SUB, MUL, DIV, MOD, MAX, MIN, AND, OR, XOR, EQ, NE, LT, LE, GT, GE ->
                    binary(f, (long) a, (long) b);
            case POW, ATAN2 -> throw new IllegalArgumentException(f + " of whole numbers");
        };
    }

    private static Value cast(DType to, Value x) {
        var y = Value.blank(to, x.shape());
        for (int i = 0; i < x.shape().size(); i++) {
            if (y.real() != null) {
                // a whole number is rounded once, to the type arithmetic is done in
                double v = x.real() != null ? x.real()[i] : to == DType.F64 ? x.whole()[i] : (float) x.whole()[i];
                y.real()[i] = Value.round(to, v);
            } else if (x.real() == null) {
                y.whole()[i] = Value.wrap(to, x.whole()[i]);
            } else if (to == DType.BOOL) {
                y.whole()[i] = x.real()[i] != 0 ? 1 : 0;
            } else {
                y.whole()[i] = Value.wrap(to, truncate(x.real()[i], to == DType.I64));
            }
        }
        return y;
    }

    private static long truncate(double v, boolean wide) {
        double t = v < 0 ? Math.ceil(v) : Math.floor(v);
        if (Double.isNaN(t)) {
            return 0;
        }
        if (wide) {
            return t >= 0x1p63 ? Long.MAX_VALUE : t <= -0x1p63 ? Long.MIN_VALUE : (long) t;
        }
        return t >= 0x1p31 ? Integer.MAX_VALUE : t <= -0x1p31 ? Integer.MIN_VALUE : (long) t;
    }

    /// 2/√π ∫ exp(−t²) dt from 0 to x, by Gauss's rule of five points on twenty panels; beyond 6 it is ±1 in double.
    static double erf(double x) {
        if (Double.isNaN(x) || Math.abs(x) > 6) {
            return Double.isNaN(x) ? x : x > 0 ? 1 : -1;
        }
        double h = x / 20;
        double sum = 0;
        for (int panel = 0; panel < 20; panel++) {
            for (int i = 0; i < 5; i++) {
                double t = h * (panel + 0.5 + GAUSS_NODES[i] / 2);
                sum += GAUSS_WEIGHTS[i] * StrictMath.exp(-t * t);
            }
        }
        return sum * h / Math.sqrt(Math.PI);
    }
}
