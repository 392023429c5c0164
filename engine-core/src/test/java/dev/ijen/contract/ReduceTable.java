package dev.ijen.contract;

import static dev.ijen.contract.OpCase.ALL;
import static dev.ijen.contract.OpCase.NUMBERS;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.BiFunction;

/// Rows for reductions, running sums and extremes.
final class ReduceTable {
    private static final int[][] SHAPES = {{7}, {3, 5}, {2, 3, 4}, {1}, {13, 17}, {33, 4}, {4, 33}, {65}, {1, 129},
        {129, 1}, {2, 1, 3, 2}};
    private static final int[][] EMPTY = {{0}, {0, 3}, {3, 0}, {2, 0, 3}};

    private final List<OpCase> rows = new ArrayList<>();

    static List<OpCase> rows() {
        var t = new ReduceTable();
        t.folds();
        t.scans();
        t.picks();
        return t.rows;
    }

    /// A row for each way of naming axes.
    private List<OpCase> axes(String name, BiFunction<Tensor, int[], Tensor> f) {
        var some = List.of(
                OpCase.of(name + "/all", x -> f.apply(x[0], new int[0])).each(SHAPES).each(new int[0]),
                OpCase.of(name + "/first", x -> f.apply(x[0], new int[] {0})).each(SHAPES),
                OpCase.of(name + "/last", x -> f.apply(x[0], new int[] {-1})).each(SHAPES),
                OpCase.of(name + "/ends", x -> f.apply(x[0], new int[] {0, 2})).each(new int[] {2, 3, 4},
                        new int[] {7, 5, 3, 2}),
                OpCase.of(name + "/middle", x -> f.apply(x[0], new int[] {-2})).each(new int[] {2, 3, 4},
                        new int[] {7, 5, 3, 2}));
        some.get(0).large(In.of(301, 257));
        some.get(1).large(In.of(301, 257));
        some.get(2).large(In.of(301, 257));
        some.get(4).large(In.of(13, 301, 17));
        rows.addAll(some);
        return some;
    }

    private void folds() {
        axes("sum", Tensor::sum).forEach(r -> r.types(ALL).ulps(64).differentiable().each(new int[] {2, 0, 3}));
        axes("sumKeep", Tensor::sumKeep).forEach(r -> r.types(ALL).ulps(64).differentiable());
        axes("mean", Tensor::mean).forEach(r -> r.types(ALL).ulps(16).differentiable());
        axes("meanKeep", Tensor::meanKeep).forEach(r -> r.types(NUMBERS).ulps(16).differentiable());
        axes("variance", (x, a) -> x.variance(0, a)).forEach(r -> r.types(NUMBERS).ulps(32).smooth());
        axes("varianceKeep", (x, a) -> x.varianceKeep(0, a)).forEach(r -> r.ulps(32).smooth());
        axes("max", Tensor::max).forEach(r -> r.types(ALL).differentiable());
        axes("maxKeep", Tensor::maxKeep).forEach(r -> r.types(ALL).differentiable());
        axes("min", Tensor::min).forEach(r -> r.types(ALL).differentiable());
        axes("minKeep", Tensor::minKeep).forEach(r -> r.types(ALL).differentiable());
        axes("any", Tensor::any).forEach(r -> r.types(ALL));
        axes("all", Tensor::all).forEach(r -> r.types(ALL));
        axes("logSumExp", Tensor::logSumExp).forEach(r -> r.types(NUMBERS).ulps(16).smooth());
        axes("norm", Tensor::norm).forEach(r -> r.types(OpCase.REAL).ulps(32).smooth());
        rows.add(OpCase.of("variance/unbiased", x -> x[0].variance(1, 0)).ulps(32).smooth().each(new int[] {7},
                new int[] {13, 3}));
        rows.add(OpCase.of("variance/far", x -> x[0].variance(0, -1)).types(EnumSet.of(DType.F32)).range(1000, 1001)
                .ulps(2000).each(new int[] {3, 65}));
        rows.add(OpCase.of("sumTo", x -> x[0].sumTo(Shape.of(3, 1)))
                .types(ALL)
                .ulps(32)
                .differentiable()
                .each(new int[] {2, 3, 4}, new int[] {3, 7}, new int[] {3, 1}, new int[] {5, 4, 3, 2}));
        rows.add(OpCase.of("sum/empty", x -> x[0].sum(-1)).types(ALL).each(EMPTY));
        rows.add(OpCase.of("sum/wraps", x -> x[0].mul(1 << 30).sum()).types(EnumSet.of(DType.I32, DType.I64))
                .each(new int[] {33}));
        rows.add(OpCase.of("mean/many", x -> x[0].mean()).types(EnumSet.of(DType.F16, DType.BF16)).range(30, 60).ulps(4)
                .each(new int[] {4001}));
    }

    private void scans() {
        int[][] some = {{7}, {3, 5}, {4, 3, 2}, {1}, {33}, {17, 3}};
        for (boolean exclusive : new boolean[] {false, true}) {
            for (boolean reverse : new boolean[] {false, true}) {
                String how = (exclusive ? "/exclusive" : "/inclusive") + (reverse ? "-reverse" : "");
                rows.add(OpCase.of("cumsum" + how, x -> x[0].cumsum(0, exclusive, reverse))
                        .types(ALL).ulps(64).differentiable().each(some).each(EMPTY).large(In.of(401, 65)));
                rows.add(OpCase.of("cumsum" + how + "-last", x -> x[0].cumsum(-1, exclusive, reverse))
                        .types(ALL).ulps(64).differentiable().each(some).large(In.of(65, 401)));
            }
        }
        rows.add(OpCase.of("cumsum", x -> x[0].cumsum(1)).types(ALL).ulps(16).differentiable()
                .each(new int[] {3, 4, 5}));
        rows.add(OpCase.of("cumprod", x -> x[0].cumprod(0)).types(ALL).ulps(64).smooth().range(-1.5, 1.5).each(some)
                .each(EMPTY));
        rows.add(OpCase.of("cummax", x -> x[0].cummax(-1)).types(ALL).differentiable().each(some).each(EMPTY));
        rows.add(OpCase.of("prod", x -> x[0].prod(0)).types(ALL).ulps(64).smooth().range(-1.5, 1.5).each(some)
                .each(new int[] {0, 3}));
        rows.add(OpCase.of("prod/last", x -> x[0].prod(-1)).types(ALL).ulps(64).smooth().range(-1.5, 1.5).each(some));
    }

    private void picks() {
        int[][] some = {{7}, {3, 5}, {4, 3, 2}, {1}, {65}, {17, 3}, {2, 131}};
        for (int axis : new int[] {0, -1}) {
            String at = axis == 0 ? "/first" : "/last";
            rows.add(OpCase.of("argmax" + at, x -> x[0].argmax(axis)).types(ALL).each(some).large(In.of(301, 257)));
            rows.add(OpCase.of("argmin" + at, x -> x[0].argmin(axis)).types(ALL).each(some).large(In.of(301, 257)));
        }
        rows.add(OpCase.of("argmax/middle", x -> x[0].argmax(1)).types(ALL).each(new int[] {4, 7, 3},
                new int[] {0, 3, 2}));
    }
}
