package dev.ijen.contract;

import static dev.ijen.contract.OpCase.NUMBERS;
import static dev.ijen.contract.OpCase.REAL;

import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.WindowSpec;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.UnaryOperator;

/// Rows for the operations neural networks are made of.
final class NeuralTable {
    private final List<OpCase> rows = new ArrayList<>();

    static List<OpCase> rows() {
        var t = new NeuralTable();
        t.products();
        t.convolutions();
        t.transposed();
        t.pools();
        t.rowwise();
        t.activations();
        return t.rows;
    }

    private OpCase row(OpCase r) {
        rows.add(r);
        return r;
    }

    private void products() {
        row(OpCase.of("matmul", x -> x[0].matmul(x[1])))
                .types(NUMBERS)
                .ulps(64)
                .smooth()
                .on(In.of(3, 4), In.of(4, 5))
                .on(In.of(4), In.of(4))
                .on(In.of(4), In.of(4, 3))
                .on(In.of(3, 4), In.of(4))
                .on(In.of(2, 3, 4), In.of(4, 5))
                .on(In.of(2, 3, 4), In.of(2, 4, 1))
                .on(In.of(3, 1, 2, 4), In.of(2, 4, 3))
                .on(In.of(4), In.of(2, 4, 3))
                .on(In.of(1, 1), In.of(1, 1))
                .on(In.of(1, 33), In.of(33, 1))
                .on(In.of(13, 17), In.of(17, 7))
                .on(In.of(65, 33), In.of(33, 17))
                .on(In.of(7, 65), In.of(65, 131))
                .on(In.of(3, 0), In.of(0, 2))
                .on(In.of(2, 3, 0), In.of(0, 2))
                .on(In.of(0, 3), In.of(3, 2))
                .on(In.of(0, 3, 2), In.of(2, 4))
                .large(In.of(131, 257), In.of(257, 150))
                .large(In.of(5, 65, 33), In.of(5, 33, 67));
        for (boolean ta : new boolean[] {false, true}) {
            for (boolean tb : new boolean[] {false, true}) {
                var r = OpCase.of("matmul/" + (ta ? "t" : "n") + (tb ? "t" : "n"),
                        x -> Contraction.MatMul.of(x[0], ta, x[1], tb));
                for (int[] s : new int[][] {{3, 4, 5}, {1, 7, 1}, {13, 1, 17}, {33, 65, 3}}) {
                    r.on(ta ? In.of(s[1], s[0]) : In.of(s[0], s[1]), tb ? In.of(s[2], s[1]) : In.of(s[1], s[2]));
                }
                r.on(ta ? In.of(2, 5, 3) : In.of(2, 3, 5), tb ? In.of(2, 4, 5) : In.of(2, 5, 4));
                r.large(ta ? In.of(257, 131) : In.of(131, 257), tb ? In.of(99, 257) : In.of(257, 99));
                row(r).types(NUMBERS).ulps(64).smooth();
            }
        }
    }

    private void convolutions() {
        row(OpCase.of("conv1d", x -> x[0].conv1d(x[1], 2, 1))).ulps(64).smooth().on(In.of(2, 3, 7), In.of(4, 3, 3))
                .on(In.of(1, 1, 1), In.of(1, 1, 1));
        row(OpCase.of("conv2d", x -> x[0].conv2d(x[1], 1, 1)))
                .ulps(64)
                .smooth()
                .on(In.of(2, 3, 5, 4), In.of(4, 3, 3, 3))
                .on(In.of(1, 1, 3, 3), In.of(1, 1, 1, 1))
                .on(In.of(1, 17, 7, 5), In.of(13, 17, 3, 2))
                .large(In.of(3, 5, 19, 17), In.of(11, 5, 3, 3));
        row(OpCase.of("conv2d/stride", x -> x[0].conv2d(x[1], 2, 0))).ulps(64).smooth()
                .on(In.of(1, 3, 7, 6), In.of(2, 3, 3, 3)).on(In.of(2, 1, 5, 5), In.of(3, 1, 1, 1));
        row(OpCase.of("conv3d", x -> x[0].conv3d(x[1], 1, 1))).ulps(64).smooth()
                .on(In.of(1, 2, 3, 4, 3), In.of(3, 2, 2, 3, 1)).on(In.of(0, 2, 3, 3, 3), In.of(2, 2, 3, 3, 3));
        var uneven = new WindowSpec(List.of(1, 1), List.of(2, 1), List.of(0, 2), List.of(1, 0), List.of(1, 2));
        row(OpCase.of("conv/uneven", x -> x[0].conv(x[1], uneven, 1))).ulps(64).smooth()
                .on(In.of(2, 2, 5, 6), In.of(3, 2, 2, 3)).on(In.of(1, 1, 4, 3), In.of(1, 1, 3, 2));
        row(OpCase.of("conv/groups", x -> x[0].conv(x[1], WindowSpec.square(2, 1, 1, 1), 2)))
                .ulps(64)
                .smooth()
                .on(In.of(1, 4, 4, 3), In.of(6, 2, 3, 3))
                .on(In.of(2, 6, 5, 5), In.of(2, 3, 2, 2))
                .large(In.of(3, 6, 19, 17), In.of(8, 3, 3, 3));
        row(OpCase.of("conv/depthwise", x -> x[0].conv(x[1], WindowSpec.square(2, 1, 1, 1), 5)))
                .ulps(64)
                .smooth()
                .on(In.of(1, 5, 4, 3), In.of(5, 1, 3, 3))
                .on(In.of(1, 5, 4, 3), In.of(10, 1, 3, 3));
        row(OpCase.of("conv/dilated", x -> x[0].conv(x[1], WindowSpec.square(1, 1, 1, 2).dilated(2), 1)))
                .ulps(64)
                .smooth()
                .on(In.of(1, 2, 9), In.of(3, 2, 3));
    }

    private void transposed() {
        row(OpCase.of("convTranspose", x -> x[0].convTranspose(x[1], WindowSpec.square(2, 1, 2, 1), 1, 1)))
                .ulps(64)
                .smooth()
                .on(In.of(1, 3, 4, 3), In.of(3, 2, 3, 3))
                .on(In.of(2, 2, 3, 3), In.of(2, 5, 2, 3));
        row(OpCase.of("convTranspose/plain", x -> x[0].convTranspose(x[1], WindowSpec.square(1, 1, 1, 0), 1, 0)))
                .ulps(64)
                .smooth()
                .on(In.of(2, 3, 5), In.of(3, 4, 3));
        row(OpCase.of("convTranspose/groups",
                x -> x[0].convTranspose(x[1], WindowSpec.square(2, 1, 3, 0).dilated(2), 2, 0)))
                .ulps(64)
                .smooth()
                .on(In.of(1, 4, 2, 3), In.of(4, 3, 2, 2));
        row(OpCase.of("convTranspose/3d", x -> x[0].convTranspose(x[1], WindowSpec.square(3, 1, 2, 0), 1, 0)))
                .ulps(64)
                .smooth()
                .on(In.of(1, 2, 2, 3, 2), In.of(2, 2, 2, 1, 3));
    }

    private void pools() {
        int[][] images = {{2, 3, 5, 4}, {1, 1, 7, 7}, {1, 17, 6, 5}};
        row(OpCase.of("maxPool2d", x -> x[0].maxPool2d(2, 2, 0))).differentiable().each(images)
                .large(In.of(4, 9, 31, 29));
        row(OpCase.of("maxPool2d/overlap", x -> x[0].maxPool2d(3, 1, 1))).differentiable().each(images);
        row(OpCase.of("maxPool",
                x -> x[0].maxPool(new WindowSpec(List.of(2), List.of(2), List.of(1), List.of(0), List.of(2)))))
                .differentiable()
                .each(new int[] {2, 3, 7}, new int[] {1, 1, 3});
        row(OpCase.of("maxPool/3d", x -> x[0].maxPool(WindowSpec.square(3, 2, 1, 0)))).differentiable()
                .each(new int[] {1, 2, 3, 4, 3});
        row(OpCase.of("maxPool/squared", x -> x[0].square().maxPool2d(2, 1, 0).square())).smooth()
                .each(new int[] {1, 2, 4, 3});
        row(OpCase.of("avgPool2d", x -> x[0].avgPool2d(2, 2, 0))).ulps(16).differentiable().each(images)
                .large(In.of(4, 9, 31, 29));
        row(OpCase.of("avgPool2d/padded", x -> x[0].avgPool2d(3, 2, 1))).ulps(16).differentiable().each(images);
        row(OpCase.of("avgPool/inside", x -> x[0].avgPool(WindowSpec.square(2, 3, 2, 1), false))).ulps(16)
                .differentiable().each(images);
        row(OpCase.of("avgPool/uneven",
                x -> x[0].avgPool(new WindowSpec(List.of(3), List.of(1), List.of(0), List.of(2), List.of(1)), true)))
                .ulps(16)
                .differentiable()
                .each(new int[] {2, 3, 7});
        row(OpCase.of("avgPool/squared", x -> x[0].avgPool2d(2, 1, 0).square())).ulps(16).smooth()
                .each(new int[] {1, 2, 4, 3});
        row(OpCase.of("globalAvgPool", x -> x[0].globalAvgPool())).ulps(32).differentiable().each(images)
                .each(new int[] {2, 3, 7});
    }

    private void rowwise() {
        int[][] some = {{7}, {3, 5}, {2, 3, 4}, {13, 1}, {4, 33}, {2, 131}, {0, 3}};
        row(OpCase.of("softmax", x -> x[0].softmax())).smooth().each(some).large(In.of(301, 257));
        row(OpCase.of("softmax/first", x -> x[0].softmax(0))).smooth().each(new int[] {7}, new int[] {3, 5},
                new int[] {2, 3, 4}, new int[] {65, 3});
        row(OpCase.of("softmax/wide", x -> x[0].softmax())).range(-80, 80).ulps(64)
                .types(EnumSet.of(DType.F32, DType.F64)).each(some);
        row(OpCase.of("logSoftmax", x -> x[0].logSoftmax())).ulps(16).smooth().each(some).large(In.of(301, 257));
        row(OpCase.of("logSoftmax/middle", x -> x[0].logSoftmax(1))).ulps(16).smooth().each(new int[] {2, 3, 4},
                new int[] {3, 5});
        row(OpCase.of("crossEntropy", x -> x[0].crossEntropy(x[1])))
                .ulps(16)
                .smooth()
                .on(In.of(4, 5), In.whole(-1, 4, 4))
                .on(In.of(2, 3, 7), In.index(7, 2, 3))
                .on(In.of(3), In.index(3))
                .on(In.of(17, 33), In.whole(-1, 32, 17))
                .on(In.of(1, 1), In.index(1, 1))
                .on(In.of(0, 3), In.index(3, 0))
                .large(In.of(301, 257), In.index(257, 301));
        for (var i : OpCase.INTS) {
            row(OpCase.of("crossEntropy/labels-" + i, x -> x[0].crossEntropy(x[1].cast(i)))).ulps(16).on(In.of(4, 5),
                    In.index(5, 4));
        }
        row(OpCase.of("normalizeLast", x -> x[0].normalizeLast(1e-3))).ulps(32).smooth().each(new int[] {3, 5},
                new int[] {7}, new int[] {2, 3, 33});
    }

    private void activation(String name, UnaryOperator<Tensor> f, boolean smooth) {
        var r = row(OpCase.of(name, x -> f.apply(x[0]))).range(-4, 4).ulps(16)
                .each(new int[] {7}, new int[] {3, 5}, new int[] {}, new int[] {129}, new int[] {0})
                .large(In.of(257, 301));
        if (smooth) {
            r.smooth();
        } else {
            r.differentiable();
        }
    }

    private void activations() {
        activation("gelu", Tensor::gelu, true);
        activation("geluTanh", Tensor::geluTanh, true);
        activation("silu", Tensor::silu, true);
        activation("softplus", Tensor::softplus, true);
        activation("leakyRelu", x -> x.leakyRelu(0.1), false);
        activation("elu", x -> x.elu(1.3), true);
        activation("hardSigmoid", Tensor::hardSigmoid, false);
        activation("hardSwish", Tensor::hardSwish, true);
        activation("mish", Tensor::mish, true);
        row(OpCase.of("gelu/mlp", x -> x[0].matmul(x[1]).add(x[2]).gelu().softmax()))
                .types(REAL)
                .ulps(128)
                .smooth()
                .on(In.of(3, 4), In.of(4, 5), In.of(5));
        row(OpCase.of("softplus/far", x -> x[0].softplus())).range(-200, 200).types(EnumSet.of(DType.F32, DType.F64))
                .each(new int[] {65});
    }
}
