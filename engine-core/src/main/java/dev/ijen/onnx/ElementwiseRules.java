package dev.ijen.onnx;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.UnaryFn;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// Arithmetic, comparison, logic and bits.
final class ElementwiseRules {
    private ElementwiseRules() {}

    static void add(Ops o) {
        unary(o, "Abs", Tensor::abs);
        o.tensor("Neg", c -> c.x(0).neg());
        unary(o, "Sign", Tensor::sign);
        unary(o, "Floor", x -> real(x, UnaryFn.FLOOR));
        unary(o, "Ceil", x -> real(x, UnaryFn.CEIL));
        unary(o, "Round", x -> real(x, UnaryFn.ROUND));
        unary(o, "Sqrt", Tensor::sqrt);
        unary(o, "Reciprocal", Tensor::reciprocal);
        unary(o, "Exp", Tensor::exp);
        unary(o, "Log", Tensor::log);
        unary(o, "Sin", Tensor::sin);
        unary(o, "Cos", Tensor::cos);
        unary(o, "Tan", Tensor::tan);
        unary(o, "Asin", Tensor::asin);
        unary(o, "Acos", Tensor::acos);
        unary(o, "Atan", Tensor::atan);
        unary(o, "Sinh", Tensor::sinh);
        unary(o, "Cosh", Tensor::cosh);
        unary(o, "Tanh", Tensor::tanh);
        unary(o, "Asinh", ElementwiseRules::asinh);
        // with t = x − 1: ln(1 + t + √(2t + t²))
        unary(o, "Acosh", x -> x.sub(1).add(x.sub(1).mul(x.add(1)).sqrt()).log1p());
        unary(o, "Atanh", x -> x.log1p().sub(x.neg().log1p()).mul(0.5));
        unary(o, "Erf", Tensor::erf);
        o.tensor("Not", c -> c.x(0).cast(DType.BOOL).not());
        o.tensor("IsNaN", c -> c.x(0).isNaN());
        o.tensor("IsInf", ElementwiseRules::isInf);

        arithmetic(o, "Add", Tensor::add);
        arithmetic(o, "Sub", Tensor::sub);
        arithmetic(o, "Mul", Tensor::mul);
        arithmetic(o, "Div", (a, b) -> a.binaryOf(BinaryFn.DIV, b));
        o.tensor("Pow", ElementwiseRules::pow);
        o.tensor("Mod", ElementwiseRules::mod);
        o.tensor("Max", c -> fold(c, Tensor::maximum));
        o.tensor("Min", c -> fold(c, Tensor::minimum));
        o.tensor("Sum", c -> fold(c, Tensor::add));
        o.tensor("Mean", c -> fold(c, Tensor::add).div(c.arity()));

        compare(o, "Equal", Tensor::eq);
        compare(o, "Less", Tensor::lt);
        compare(o, "LessOrEqual", Tensor::le);
        compare(o, "Greater", Tensor::gt);
        compare(o, "GreaterOrEqual", Tensor::ge);
        compare(o, "And", Tensor::and);
        compare(o, "Or", Tensor::or);
        compare(o, "Xor", Tensor::xor);
        arithmetic(o, "BitwiseAnd", Tensor::and);
        arithmetic(o, "BitwiseOr", Tensor::or);
        arithmetic(o, "BitwiseXor", Tensor::xor);
        o.tensor("BitwiseNot", c -> c.x(0).neg().sub(1));
        o.tensor("BitShift",
                c -> c.x(0).binaryOf(c.s("direction", "").equals("LEFT") ? BinaryFn.SHL : BinaryFn.SHR, c.x(1)));
        o.values("Where", c -> List.of(c.like(1, c.x(0).where(c.x(1), c.x(2)))));
        o.tensor("Clip", ElementwiseRules::clip);
    }

    private static void unary(Ops o, String name, UnaryOperator<Tensor> f) {
        o.same(name, c -> f.apply(c.x(0)));
    }

    private static Tensor real(Tensor x, UnaryFn f) {
        return x.dtype().isFloat() ? x.unaryOf(f) : x;
    }

    /// sign(x) · ln(1 + |x| + x² / (1 + √(x² + 1))).
    private static Tensor asinh(Tensor x) {
        var a = x.abs();
        var s = x.square();
        return x.sign().mul(a.add(s.div(s.add(1).sqrt().add(1))).log1p());
    }

    private static void arithmetic(Ops o, String name, BinaryOperator<Tensor> f) {
        o.tensor(name, c -> f.apply(c.x(0), second(c)));
    }

    private static void compare(Ops o, String name, BinaryOperator<Tensor> f) {
        o.tensor(name, c -> f.apply(ordered(c.x(0), c.type(0)), ordered(second(c), c.type(1))));
    }

    /// Unsigned numbers of 64 bits in the order of signed ones.
    static Tensor ordered(Tensor x, OnnxType type) {
        return type == OnnxType.UINT64 ? x.xor(Tensor.of(HostTensor.of(new long[] {Long.MIN_VALUE}))) : x;
    }

    /// The second operand; before version 7 it is broadcast only if asked for, from an axis of the first on.
    private static Tensor second(Call c) {
        var a = c.x(0);
        var b = c.x(1);
        if (c.version() >= 7 || !c.flag("broadcast") || !c.given("axis")) {
            return b;
        }
        int axis = c.axis(c.i("axis", 0), a.shape().rank());
        for (int r = b.shape().rank() + axis; r < a.shape().rank(); r++) {
            b = b.insertAxis(b.shape().rank());
        }
        return b;
    }

    private static Tensor fold(Call c, BinaryOperator<Tensor> f) {
        boolean flip = c.type(0) == OnnxType.UINT64;
        var t = ordered(c.x(0), c.type(0));
        for (int i = 1; i < c.arity(); i++) {
            t = f.apply(t, ordered(c.x(i), c.type(i)));
        }
        return flip ? ordered(t, c.type(0)) : t;
    }

    private static Tensor pow(Call c) {
        var a = c.x(0);
        var b = c.version() < 7 ? second(c) : c.x(1);
        if (a.dtype().isFloat()) {
            return constant(c, 1) ? a.pow(c.host(1).item()) : a.pow(b.cast(a.dtype()));
        }
        var y = a.cast(DType.F64).pow(b.cast(DType.F64));
        return (b.dtype().isFloat() ? y : y.round()).cast(a.dtype());
    }

    /// True for one number that follows from the model.
    static boolean constant(Call c, int i) {
        return c.of(i).known() && c.x(i).shape().rank() == 0;
    }

    private static Tensor mod(Call c) {
        var a = c.x(0);
        var b = c.x(1);
        if (!c.flag("fmod")) {
            return a.mod(b);
        }
        // the remainder has the sign of a
        var r = a.abs().mod(b.abs());
        return a.lt(0).where(r.neg(), r);
    }

    private static Tensor isInf(Call c) {
        var x = c.x(0);
        var up = x.eq(Double.POSITIVE_INFINITY);
        var down = x.eq(Double.NEGATIVE_INFINITY);
        boolean p = c.i("detect_positive", 1) != 0;
        boolean n = c.i("detect_negative", 1) != 0;
        return p && n ? up.or(down) : p ? up : n ? down : Tensor.full(DType.BOOL, 0, x.shape());
    }

    private static Tensor clip(Call c) {
        var x = c.x(0);
        if (c.version() < 11) {
            x = c.given("min") ? x.maximum(Tensor.scalar(x.dtype(), c.f("min", 0))) : x;
            return c.given("max") ? x.minimum(Tensor.scalar(x.dtype(), c.f("max", 0))) : x;
        }
        var y = ordered(x, c.type(0));
        y = c.has(1) ? y.maximum(ordered(c.x(1), c.type(0))) : y;
        y = c.has(2) ? y.minimum(ordered(c.x(2), c.type(0))) : y;
        return ordered(y, c.type(0)).reshape(x.shape());
    }
}
