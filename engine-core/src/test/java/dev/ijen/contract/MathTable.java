package dev.ijen.contract;

import static dev.ijen.contract.OpCase.ALL;
import static dev.ijen.contract.OpCase.INTS;
import static dev.ijen.contract.OpCase.NUMBERS;
import static dev.ijen.contract.OpCase.REAL;

import dev.ijen.tensor.BinaryFn;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.UnaryFn;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/// Rows for elementwise operations.
final class MathTable {
    private static final int[][] SHAPES = {
        {7}, {3, 5}, {}, {1}, {3}, {4}, {13}, {17}, {33}, {65}, {2, 3, 4}, {131}, {0}, {0, 3}, {3, 0, 2}
    };
    private static final int[][][] PAIRS = {
        {{7}, {7}}, {{3, 5}, {5}}, {{2, 1, 3}, {4, 1}}, {{}, {7}}, {{13, 17}, {13, 1}}, {{1}, {0}}, {{0, 3}, {3}},
        {{33}, {1}}, {{}, {}},
        {{65, 3}, {65, 3}}, {{2, 3, 1, 5}, {1, 3, 4, 1}}
    };
    private static final Set<DType> WHOLE = EnumSet.of(DType.I32, DType.I64, DType.I8, DType.U8, DType.BOOL);

    private static final Set<DType> EXACT = EnumSet.of(DType.F32, DType.F64, DType.I32, DType.I64, DType.I8, DType.U8);

    private final List<OpCase> rows = new ArrayList<>();

    static List<OpCase> rows() {
        var t = new MathTable();
        t.unaries();
        t.binaries();
        t.withNumbers();
        t.others();
        return t.rows;
    }

    private OpCase unary(String name, UnaryOperator<Tensor> f) {
        var row = OpCase.of(name, x -> f.apply(x[0])).each(SHAPES).large(In.of(257, 301));
        rows.add(row);
        return row;
    }

    private OpCase binary(String name, BinaryOperator<Tensor> f) {
        var row = OpCase.of(name, x -> f.apply(x[0], x[1]));
        for (var p : PAIRS) {
            row.on(In.of(p[0]), In.of(p[1]));
        }
        row.large(In.of(257, 301), In.of(301));
        rows.add(row);
        return row;
    }

    private void unaries() {
        unary("neg", Tensor::neg).types(NUMBERS).differentiable();
        unary("abs", Tensor::abs).types(NUMBERS).differentiable();
        unary("sign", Tensor::sign).types(NUMBERS).differentiable();
        unary("floor", Tensor::floor).range(-5, 5).differentiable();
        unary("ceil", Tensor::ceil).range(-5, 5).differentiable();
        unary("round", Tensor::round).range(-5, 5).differentiable();
        unary("sqrt", Tensor::sqrt).types(ALL).range(0.25, 9).smooth();
        unary("rsqrt", Tensor::rsqrt).types(ALL).range(0.25, 9).smooth();
        unary("reciprocal", Tensor::reciprocal).types(ALL).range(0.25, 4).smooth();
        unary("square", Tensor::square).types(NUMBERS).smooth();
        unary("exp", Tensor::exp).types(ALL).smooth();
        unary("expm1", Tensor::expm1).types(ALL).smooth();
        unary("expm1/small", Tensor::expm1).types(EnumSet.of(DType.F32, DType.F64)).range(-1e-4, 1e-4);
        unary("log", Tensor::log).types(ALL).range(0.25, 9).smooth();
        unary("log1p", Tensor::log1p).types(ALL).range(-0.25, 9).smooth();
        unary("log1p/small", Tensor::log1p).types(EnumSet.of(DType.F32, DType.F64)).range(-1e-4, 1e-4);
        unary("sin", Tensor::sin).types(ALL).range(-7, 7).smooth();
        unary("sin/far", Tensor::sin).types(EnumSet.of(DType.F32, DType.F64)).range(-3000, 3000);
        unary("cos", Tensor::cos).types(ALL).range(-7, 7).smooth();
        unary("tan", Tensor::tan).types(ALL).range(-1.25, 1.25).ulps(16).smooth();
        unary("asin", Tensor::asin).types(ALL).range(-0.9, 0.9).smooth();
        unary("acos", Tensor::acos).types(ALL).range(-0.9, 0.9).smooth();
        unary("atan", Tensor::atan).types(ALL).range(-4, 4).smooth();
        unary("sinh", Tensor::sinh).types(ALL).smooth();
        unary("cosh", Tensor::cosh).types(ALL).smooth();
        unary("tanh", Tensor::tanh).types(ALL).smooth();
        unary("sigmoid", Tensor::sigmoid).types(ALL).range(-6, 6).smooth();
        unary("erf", Tensor::erf).types(ALL).smooth();
        unary("relu", Tensor::relu).types(NUMBERS).differentiable();
        unary("not", Tensor::not).types(ALL);
        unary("isNaN", Tensor::isNaN).types(ALL);
        unary("isFinite", Tensor::isFinite).types(NUMBERS);
        unary("zerosLike", Tensor::zerosLike).types(ALL);
        unary("onesLike", Tensor::onesLike).types(ALL);
        for (var f : UnaryFn.values()) {
            // every function on whole numbers, at the limits of the types
            if (f.ofIntegers()) {
                rows.add(OpCase.of("unaryOf/" + lower(f), x -> x[0].unaryOf(f))
                        .types(f == UnaryFn.NOT ? WHOLE : INTS)
                        .range(-32, 31.75)
                        .each(new int[] {67}, new int[] {5, 3}));
            }
        }
    }

    private void binaries() {
        binary("add", Tensor::add).types(NUMBERS).differentiable();
        binary("sub", Tensor::sub).types(NUMBERS).differentiable();
        binary("mul", Tensor::mul).types(NUMBERS).smooth();
        binary("div", Tensor::div).types(ALL).range(0.25, 4).smooth();
        // not of F16 and BF16: whether the quotient is rounded to them before ⌊⌋ is left to the backend
        binary("floorDiv", Tensor::floorDiv).types(EXACT).range(0.25, 6);
        binary("mod", Tensor::mod).types(NUMBERS).range(0.25, 6);
        binary("pow", Tensor::pow).types(ALL).range(0.25, 2).ulps(16).smooth();
        binary("atan2", Tensor::atan2).types(ALL).range(0.25, 4).smooth();
        binary("maximum", Tensor::maximum).types(ALL).differentiable();
        binary("minimum", Tensor::minimum).types(ALL).differentiable();
        binary("and", Tensor::and).types(WHOLE);
        binary("or", Tensor::or).types(WHOLE);
        binary("xor", Tensor::xor).types(WHOLE);
        binary("eq", Tensor::eq).types(ALL);
        binary("ne", Tensor::ne).types(ALL);
        binary("lt", Tensor::lt).types(ALL);
        binary("le", Tensor::le).types(ALL);
        binary("gt", Tensor::gt).types(ALL);
        binary("ge", Tensor::ge).types(ALL);
        for (var f : BinaryFn.values()) {
            // numbers of either sign that wrap; small divisors among them, 0 too
            if (f != BinaryFn.POW && f != BinaryFn.ATAN2) {
                rows.add(OpCase.of("binaryOf/" + lower(f), x -> x[0].binaryOf(f, x[1]))
                        .types(INTS)
                        .range(-32, 31.75)
                        .on(In.of(257), In.of(257))
                        .on(In.of(65), In.from(-1, 1, 65)));
                if (!f.bitwise()) {
                    rows.add(OpCase.of("binaryOf/real-" + lower(f), x -> x[0].binaryOf(f, x[1]))
                            .range(-8, 8)
                            .on(In.of(257), In.of(257)));
                }
            }
        }
        rows.add(OpCase.of("mod/gradient", x -> x[0].mod(x[1])).differentiable().on(In.from(-9, 9, 17),
                In.from(2.1, 2.3, 17)));
        rows.add(OpCase.of("binaryOf/wide", x -> x[0].mul(x[1]).add(x[0].floorDiv(x[1])).sub(x[0].mod(x[1])))
                .types(EnumSet.of(DType.I32, DType.I64))
                .range(Integer.MIN_VALUE / 4.0, Integer.MAX_VALUE / 4.0)
                .on(In.of(129), In.of(129)));
    }

    private void withNumbers() {
        unary("add/number", x -> x.add(2)).types(NUMBERS).differentiable();
        unary("add/half", x -> x.add(0.5)).types(ALL).differentiable();
        unary("sub/number", x -> x.sub(3)).types(NUMBERS).differentiable();
        unary("rsub", x -> x.rsub(3)).types(NUMBERS).differentiable();
        unary("mul/number", x -> x.mul(3)).types(NUMBERS).differentiable();
        unary("mul/beyond", x -> x.mul(300)).types(INTS);
        unary("div/number", x -> x.div(3)).types(ALL).differentiable();
        unary("floorDiv/number", x -> x.floorDiv(3)).types(EXACT).range(-9, 9);
        unary("mod/number", x -> x.mod(3)).types(NUMBERS).range(-9, 9);
        unary("pow/3", x -> x.pow(3)).types(ALL).smooth();
        unary("pow/2", x -> x.pow(2)).types(NUMBERS).smooth();
        unary("pow/half", x -> x.pow(0.5)).types(ALL).range(0.25, 4).smooth();
        unary("pow/-1", x -> x.pow(-1)).types(ALL).range(0.25, 4).smooth();
        unary("pow/1.7", x -> x.pow(1.7)).types(ALL).range(0.25, 4).smooth();
        unary("maximum/number", x -> x.maximum(1)).types(NUMBERS).differentiable();
        unary("minimum/number", x -> x.minimum(1)).types(NUMBERS).differentiable();
        unary("clip", x -> x.clip(-1, 1))
                .types(EnumSet.of(DType.F32, DType.F64, DType.F16, DType.BF16, DType.I32, DType.I64, DType.I8))
                .differentiable();
        unary("shiftLeft", x -> x.shiftLeft(3)).types(INTS).range(-32, 31.75);
        unary("shiftRight", x -> x.shiftRight(3)).types(INTS).range(-32, 31.75);
        unary("eq/number", x -> x.eq(1)).types(ALL);
        unary("ne/number", x -> x.ne(1)).types(ALL);
        unary("lt/number", x -> x.lt(1)).types(ALL);
        unary("le/number", x -> x.le(1)).types(ALL);
        unary("gt/number", x -> x.gt(1)).types(ALL);
        unary("ge/number", x -> x.ge(1)).types(ALL);
        unary("lt/beyond", x -> x.lt(300)).types(INTS);
        unary("numberOf", x -> x.numberOf(3)).types(NUMBERS);
    }

    private void others() {
        for (var to : DType.values()) {
            unary("cast/" + to, x -> x.cast(to)).types(ALL).range(-30, 30);
            // what is stored in a short type and read back
            unary("cast/through-" + to, x -> x.cast(to).cast(DType.F64)).types(ALL).range(-300, 300);
        }
        unary("cast/gradient", x -> x.mul(1.5).cast(DType.F64).square()).types(REAL).smooth();
        rows.add(OpCase.of("where", x -> x[0].where(x[1], x[2]))
                .types(ALL)
                .differentiable()
                .on(In.bool(7), In.of(7), In.of(7))
                .on(In.bool(3, 1), In.of(5), In.of(3, 5))
                .on(In.bool(), In.of(13), In.of())
                .on(In.bool(0, 2), In.of(2), In.of(0, 1))
                .on(In.bool(33, 2), In.of(33, 2), In.of(2)));
        rows.add(OpCase.of("where/number", x -> x[0].where(x[1], 3)).types(ALL).differentiable().on(In.bool(17),
                In.of(17)));
        rows.add(OpCase.of("where/compared", x -> x[0].gt(x[1]).where(x[0].mul(x[1]), x[1]))
                .types(NUMBERS)
                .smooth()
                .on(In.of(33), In.of(33))
                .on(In.of(4, 3), In.of(3)));
        for (var a : DType.values()) {
            rows.add(OpCase.of("add/promote-" + a, x -> x[0].cast(a).maximum(x[1])).types(ALL).on(In.from(0, 4, 13),
                    In.of(13)));
        }
    }

    private static String lower(Enum<?> e) {
        return e.name().toLowerCase(Locale.ROOT);
    }
}
