package dev.ijen.tensor;

/// Operations on single elements. Inputs have equal shapes and types: the methods of [Tensor] broadcast and promote first.
public sealed interface Elementwise extends Op {
    @Override
    default Shape shape(Tensor[] in) {
        return in[0].shape();
    }

    /// `f(x)`.
    record Unary(UnaryFn f) implements Elementwise {
        @Override
        public DType dtype(Tensor[] in) {
            var t = in[0].dtype();
            boolean ok = f == UnaryFn.NOT ? !t.isFloat() : t.isFloat() || (t.isInt() && f.ofIntegers());
            if (!ok) {
                throw ShapeException.dtype(
                        label(), t, f == UnaryFn.NOT ? "BOOL or integers" : "real numbers", "cast to F32 first");
            }
            return t;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            var x = y.input(0);
            var d = switch (f) {
                case NEG -> dy.neg();
                case ABS -> dy.mul(x.sign());
                case SIGN, FLOOR, CEIL, ROUND, NOT -> null;
                case SQRT -> dy.div(y.mul(2));
                case RECIP -> dy.mul(y.square()).neg();
                case EXP -> dy.mul(y);
                case EXPM1 -> dy.mul(y.add(1));
                case LOG -> dy.div(x);
                case LOG1P -> dy.div(x.add(1));
                case SIN -> dy.mul(x.cos());
                case COS -> dy.mul(x.sin()).neg();
                case TAN -> dy.mul(y.square().add(1));
                case ASIN -> dy.div(x.square().rsub(1).sqrt());
                case ACOS -> dy.div(x.square().rsub(1).sqrt()).neg();
                case ATAN -> dy.div(x.square().add(1));
                case SINH -> dy.mul(x.cosh());
                case COSH -> dy.mul(x.sinh());
                case TANH -> dy.mul(y.square().rsub(1));
                case SIGMOID -> dy.mul(y.mul(y.rsub(1)));
                case ERF -> dy.mul(x.square().neg().exp().mul(2 / Math.sqrt(Math.PI)));
                case RELU -> y.gt(0).where(dy, dy.zerosLike()); // of y, so that x need not be kept
            };
            return new Tensor[] {d};
        }

        @Override
        public String label() {
            return f.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// `f(a, b)`.
    record Binary(BinaryFn f) implements Elementwise {
        @Override
        public DType dtype(Tensor[] in) {
            var t = in[0].dtype();
            boolean ok = switch (f) {
                case AND, OR, XOR -> !t.isFloat();
                case SHL, SHR -> t.isInt();
                case POW, ATAN2 -> t.isFloat();
                case ADD, SUB, MUL, DIV, MOD -> t != DType.BOOL;
                case MAX, MIN, EQ, NE, LT, LE, GT, GE -> true;
            };
            if (!ok) {
                var want = f.bitwise() ? "BOOL or integers" : "numbers";
                throw ShapeException.dtype(label(), t, want, "cast first");
            }
            return f.comparison() ? DType.BOOL : t;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            Tensor a = y.input(0);
            Tensor b = y.input(1);
            return switch (f) {
                case ADD -> new Tensor[] {dy, dy};
                case SUB -> new Tensor[] {dy, dy.neg()};
                case MUL -> new Tensor[] {dy.mul(b), dy.mul(a)};
                case DIV -> new Tensor[] {dy.div(b), dy.mul(y).div(b).neg()};
                case MOD -> new Tensor[] {dy, dy.mul(a.div(b).floor()).neg()};
                case POW -> new Tensor[] {
                    // a⁰ is 1 everywhere, also at a = 0, where b · aᵇ⁻¹ would be 0 · ∞
                    b.eq(0).where(y.zerosLike(), dy.mul(b).mul(a.pow(b.sub(1)))),
                    dy.mul(a.eq(0).where(y.zerosLike(), y.mul(a.log())))
                };
                case ATAN2 -> {
                    var r = dy.div(a.square().add(b.square()));
                    yield new Tensor[] {r.mul(b), r.mul(a).neg()};
                }
                case MAX, MIN -> {
                    var first = (f == BinaryFn.MAX ? a.gt(b) : a.lt(b)).cast(dy.dtype());
                    var share = first.add(a.eq(b).cast(dy.dtype()).mul(0.5));
                    yield new Tensor[] {dy.mul(share), dy.mul(share.rsub(1))};
                }
                case AND, OR, XOR, SHL, SHR, EQ, NE, LT, LE, GT, GE -> Op.none(y);
            };
        }

        @Override
        public String label() {
            return f.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// (condition BOOL, a, b) → a where the condition holds, else b.
    record Select() implements Elementwise {
        @Override
        public DType dtype(Tensor[] in) {
            if (in[0].dtype() != DType.BOOL) {
                throw ShapeException.dtype("where", in[0].dtype(), "a BOOL condition",
                        "compare first, for instance x.gt(0)");
            }
            return in[1].dtype();
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            var zero = dy.zerosLike();
            return new Tensor[] {null, y.input(0).where(dy, zero), y.input(0).where(zero, dy)};
        }

        @Override
        public String label() {
            return "where";
        }
    }

    /// Conversion to another element type: to BOOL, anything but 0 is true; from real to whole, truncation toward zero.
    record Cast(DType to) implements Elementwise {
        @Override
        public DType dtype(Tensor[] in) {
            return to;
        }

        @Override
        public Tensor[] vjp(Tensor y, Tensor dy) {
            var from = y.input(0).dtype();
            return new Tensor[] {to.isFloat() && from.isFloat() ? dy.cast(from) : null};
        }

        @Override
        public String label() {
            return "cast";
        }
    }
}
