package dev.ijen.contract;

import static dev.ijen.contract.OpCase.ALL;
import static dev.ijen.contract.OpCase.NUMBERS;

import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/// Rows for operations that pick, place and order elements.
final class IndexTable {
    private final List<OpCase> rows = new ArrayList<>();

    static List<OpCase> rows() {
        var t = new IndexTable();
        t.picks();
        t.places();
        t.orders();
        return t.rows;
    }

    private OpCase row(OpCase r) {
        rows.add(r);
        return r;
    }

    private void picks() {
        row(OpCase.of("take", x -> x[0].take(0, x[1])))
                .types(ALL)
                .differentiable()
                .on(In.of(5), In.index(5, 7))
                .on(In.of(4, 3), In.index(4, 2, 3))
                .on(In.of(13, 17), In.index(13))
                .on(In.of(3, 2, 5), In.index(3, 0))
                .on(In.of(7, 0), In.index(7, 3))
                .large(In.of(257, 65), In.index(257, 1001));
        row(OpCase.of("take/middle", x -> x[0].take(1, x[1])))
                .types(ALL)
                .differentiable()
                .on(In.of(2, 5, 3), In.index(5, 7))
                .on(In.of(3, 4), In.index(4, 2, 2));
        row(OpCase.of("take/last", x -> x[0].take(-1, x[1]))).types(ALL).differentiable().on(In.of(2, 3, 5),
                In.index(5, 2, 3));
        row(OpCase.of("gather", x -> x[0].gather(0, x[1])))
                .types(ALL)
                .differentiable()
                .on(In.of(5), In.index(5, 7))
                .on(In.of(4, 3), In.index(4, 6, 3))
                .on(In.of(4, 3), In.index(4, 2, 1))
                .on(In.of(4, 3), In.index(4, 0, 3));
        row(OpCase.of("gather/last", x -> x[0].gather(-1, x[1])))
                .types(ALL)
                .differentiable()
                .on(In.of(4, 3), In.index(3, 4, 2))
                .on(In.of(2, 3, 13), In.index(13, 2, 3, 17))
                .large(In.of(257, 65), In.index(65, 257, 33));
        row(OpCase.of("oneHot", x -> x[0].oneHot(5, DType.F32)))
                .types(EnumSet.of(DType.F32))
                .on(In.whole(-1, 5, 7))
                .on(In.index(5, 3, 4))
                .on(In.index(5));
        row(OpCase.of("oneHot/types", x -> x[0].oneHot(7, x[1].dtype()))).types(ALL).on(In.index(7, 13), In.of(1));
        for (var i : OpCase.INTS) {
            row(OpCase.of("take/by-" + i, x -> x[0].take(0, x[1].cast(i)))).on(In.of(5, 3), In.index(5, 7));
        }
    }

    private void places() {
        row(OpCase.of("scatterAdd", x -> x[0].scatterAdd(0, x[1], x[2])))
                .types(NUMBERS)
                .ulps(32)
                .differentiable()
                .on(In.of(5), In.index(5, 13), In.of(13))
                .on(In.of(4, 3), In.index(4, 7, 3), In.of(7, 3))
                .on(In.of(4, 3), In.index(4, 2, 2), In.of(2, 1))
                .on(In.of(4, 3), In.index(4, 0, 3), In.of(0, 3))
                .large(In.of(257, 33), In.index(257, 1001, 33), In.of(1001, 33));
        row(OpCase.of("scatterAdd/last", x -> x[0].scatterAdd(-1, x[1], x[2])))
                .types(NUMBERS)
                .ulps(32)
                .differentiable()
                .on(In.of(2, 3, 5), In.index(5, 2, 3, 7), In.of(2, 3, 7));
        row(OpCase.of("scatter", x -> x[0].scatter(0, x[1], x[2])))
                .types(ALL)
                .differentiable()
                .on(In.of(5), In.index(5, 13), In.of(13))
                .on(In.of(7, 3), In.index(7, 4, 3), In.of(4, 3))
                .on(In.of(4, 3), In.index(4, 2, 2), In.of(2, 1))
                .on(In.of(4, 3), In.index(4, 0, 3), In.of(3));
        row(OpCase.of("scatter/last", x -> x[0].scatter(1, x[1], x[2])))
                .types(ALL)
                .differentiable()
                .on(In.of(3, 5), In.index(5, 3, 4), In.of(3, 4));
    }

    private void orders() {
        int[][] some = {{7}, {3, 5}, {4, 3, 2}, {1}, {65}, {2, 131}, {0}, {3, 0}};
        for (boolean descending : new boolean[] {false, true}) {
            String how = descending ? "/falling" : "/rising";
            row(OpCase.of("argsort" + how, x -> x[0].argsort(-1, descending))).types(ALL).each(some)
                    .large(In.of(65, 301));
            row(OpCase.of("argsort" + how + "-first", x -> x[0].argsort(0, descending))).types(ALL).each(some);
            row(OpCase.of("sort" + how, x -> x[0].sort(-1, descending))).types(ALL).differentiable().each(some)
                    .large(In.of(65, 301));
            row(OpCase.of("sort" + how + "-first", x -> x[0].sort(0, descending))).types(ALL).differentiable()
                    .each(some);
        }
        row(OpCase.of("topK", x -> x[0].topK(-1, 3)[0])).types(ALL).differentiable().each(new int[] {7},
                new int[] {4, 3}, new int[] {2, 2, 33});
        row(OpCase.of("topK/index", x -> x[0].topK(0, 2)[1])).types(ALL).each(new int[] {7}, new int[] {4, 3});
        row(OpCase.of("topK/none", x -> x[0].topK(0, 0)[0])).types(ALL).each(new int[] {7});
    }
}
