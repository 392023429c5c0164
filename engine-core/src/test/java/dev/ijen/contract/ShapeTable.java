package dev.ijen.contract;

import static dev.ijen.contract.OpCase.ALL;
import static dev.ijen.contract.OpCase.NUMBERS;

import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Rows for operations that move elements, and for tensors made from nothing.
final class ShapeTable {
    private final List<OpCase> rows = new ArrayList<>();

    static List<OpCase> rows() {
        var t = new ShapeTable();
        t.views();
        t.cuts();
        t.joins();
        t.sources();
        return t.rows;
    }

    /// A row that moves elements: all types, gradient a movement back.
    private OpCase move(String name, UnaryOperator<Tensor> f, int[]... shapes) {
        var row = OpCase.of(name, x -> f.apply(x[0])).types(ALL).differentiable().each(shapes);
        rows.add(row);
        return row;
    }

    private void views() {
        move("broadcast", x -> x.broadcast(4, 3, 5), new int[] {5}, new int[] {3, 1}, new int[] {}, new int[] {4, 1, 1},
                new int[] {1});
        move("broadcast/empty", x -> x.broadcast(0, 3), new int[] {3}, new int[] {1, 1}, new int[] {0, 1});
        move("broadcast/shape", x -> x.broadcast(Shape.of(2, 7)), new int[] {7}, new int[] {2, 7});
        move("reshape", x -> x.reshape(Shape.of(x.shape().size())), new int[] {3, 4}, new int[] {}, new int[] {0, 3},
                new int[] {1, 7, 1});
        move("reshape/free", x -> x.reshape(3, -1), new int[] {3, 5}, new int[] {2, 3, 4}, new int[] {33},
                new int[] {0, 3});
        move("flatten", x -> x.flatten(1), new int[] {2, 3, 4}, new int[] {3, 5}, new int[] {4, 1, 3, 2},
                new int[] {0, 3, 2});
        move("insertAxis", x -> x.insertAxis(1), new int[] {3, 4}, new int[] {7}, new int[] {0, 2});
        move("insertAxis/last", x -> x.insertAxis(-1), new int[] {3, 4}, new int[] {});
        move("dropAxis", x -> x.dropAxis(1), new int[] {3, 1, 4}, new int[] {7, 1});
        move("permute", x -> x.permute(2, 0, 1), new int[] {2, 3, 4}, new int[] {33, 1, 7}, new int[] {13, 17, 3},
                new int[] {0, 2, 3})
                .large(In.of(31, 67, 53));
        move("permute/four", x -> x.permute(0, 2, 3, 1), new int[] {2, 3, 4, 5}, new int[] {1, 7, 3, 3});
        move("transpose", Tensor::transpose, new int[] {3, 4}, new int[] {65, 33}, new int[] {2, 3, 4},
                new int[] {1, 7}).large(In.of(301, 257));
        move("swapAxes", x -> x.swapAxes(0, -1), new int[] {2, 3, 4}, new int[] {7, 5});
        move("permute/chain", x -> x.permute(2, 0, 1).reshape(-1).reshape(x.shape()).swapAxes(0, 1),
                new int[] {2, 3, 4}, new int[] {5, 1, 3});
    }

    private void cuts() {
        move("slice", x -> x.slice(0, 1, 2), new int[] {3}, new int[] {4, 5}, new int[] {7, 3, 2})
                .large(In.of(300, 257));
        move("slice/last", x -> x.slice(-1, 2, 3), new int[] {7}, new int[] {4, 5}, new int[] {3, 2, 13});
        move("slice/step", x -> x.slice(0, 0, 2, 3), new int[] {7}, new int[] {4, 5}, new int[] {5, 3, 2});
        move("slice/back", x -> x.slice(-1, 3, 2, -2), new int[] {7}, new int[] {4, 5});
        move("slice/none", x -> x.slice(0, 2, 0), new int[] {7}, new int[] {4, 5});
        move("select", x -> x.select(1, -1), new int[] {3, 4}, new int[] {2, 7, 3});
        move("flip", x -> x.flip(0, -1), new int[] {3, 4}, new int[] {7}, new int[] {2, 1, 13}, new int[] {0, 3});
        move("pad", x -> x.pad(0, 1, 2), new int[] {3}, new int[] {4, 5}, new int[] {0, 3}, new int[] {13, 2, 3})
                .large(In.of(300, 257));
        move("pad/value", x -> x.pad(-1, 2, 0, 3), new int[] {3}, new int[] {4, 5}, new int[] {7, 0});
        move("pad/both", x -> x.pad(0, 1, 1, 1).pad(1, 2, 3), new int[] {4, 5}, new int[] {1, 1});
        move("split", x -> x.split(0, 3)[1], new int[] {3}, new int[] {6, 5}, new int[] {0, 2});
        move("split/all", x -> Tensor.concat(-1, x.split(-1, 2)[1], x.split(-1, 2)[0]), new int[] {3, 4},
                new int[] {2});
        move("repeat", x -> x.repeat(0, 3), new int[] {3}, new int[] {2, 5}, new int[] {1, 7}, new int[] {0});
        move("repeat/last", x -> x.repeat(-1, 2), new int[] {3}, new int[] {2, 5});
        move("tril", x -> x.tril(0), new int[] {5, 5}, new int[] {3, 7}, new int[] {2, 4, 3});
        move("tril/above", x -> x.tril(1), new int[] {5, 5}, new int[] {7, 3});
        move("triu", x -> x.triu(0), new int[] {5, 5}, new int[] {3, 7}, new int[] {2, 4, 3});
        move("triu/below", x -> x.triu(-1), new int[] {5, 5}, new int[] {7, 3});
    }

    private void joins() {
        rows.add(OpCase.of("concat", x -> Tensor.concat(0, x))
                .types(ALL)
                .differentiable()
                .on(In.of(3), In.of(4), In.of(1))
                .on(In.of(2, 5), In.of(0, 5), In.of(7, 5))
                .on(In.of(3, 2, 2), In.of(1, 2, 2))
                .on(In.of(5))
                .large(In.of(150, 257), In.of(90, 257)));
        rows.add(OpCase.of("concat/last", x -> Tensor.concat(-1, x[0], x[1], x[0]))
                .types(ALL)
                .differentiable()
                .on(In.of(3, 1), In.of(3, 4))
                .on(In.of(2, 3, 5), In.of(2, 3, 0)));
        rows.add(OpCase.of("stack", x -> Tensor.stack(1, x)).types(ALL).differentiable()
                .on(In.of(3, 2), In.of(3, 2), In.of(3, 2)).on(In.of(7)));
        rows.add(OpCase.of("stack/last", x -> Tensor.stack(-1, x)).types(ALL).differentiable()
                .on(In.of(3, 2), In.of(3, 2)).on(In.of(), In.of()));
        rows.add(OpCase.of("detach", x -> x[0].detach().mul(x[0])).types(NUMBERS).each(new int[] {7}));
        rows.add(OpCase.of("checkpoint", x -> Gradient.checkpoint(h -> h.sin().mul(h), x[0].exp())).smooth()
                .each(new int[] {7}, new int[] {3, 4}));
        rows.add(OpCase.of("checkpoint/nested", x -> Gradient.checkpoint(
                h -> Gradient.checkpoint(g -> g.tanh().square(), h.sin()).mul(h), x[0]).add(x[0]))
                .smooth()
                .each(new int[] {5}));
    }

    private void sources() {
        move("full", x -> Tensor.full(x.dtype(), 3, x.shape()), new int[] {7}, new int[] {}, new int[] {0, 2});
        move("scalar", x -> Tensor.scalar(x.dtype(), 1).broadcast(x.shape()), new int[] {3, 5});
        move("iota", x -> Tensor.iota(1, x.shape()).cast(x.dtype()), new int[] {3, 5}, new int[] {2, 17, 3},
                new int[] {0, 2});
        move("range", x -> Tensor.range(3, -2, 7).cast(x.dtype()), new int[] {1});
        rows.add(OpCase.of("randomBits", x -> Tensor.randomBits(x[0], Shape.of(131))).on(In.state()).large(In.state()));
        rows.add(OpCase.of("randomBits/shape", x -> Tensor.randomBits(x[0], Shape.of(3, 5, 7)).permute(2, 0, 1))
                .on(In.state()));
        rows.add(OpCase.of("randomBits/none", x -> Tensor.randomBits(x[0], Shape.of(0, 3))).on(In.state()));
        rows.add(OpCase.of("uniform", x -> Tensor.uniform(x[0], Shape.of(33, 3))).on(In.state()));
        rows.add(OpCase.of("normal", x -> Tensor.normal(x[0], Shape.of(257))).ulps(64).on(In.state()));
        rows.add(OpCase.of("normal/large", x -> Tensor.normal(x[0], Shape.of(101, 257))).ulps(64).large(In.state()));
    }
}
