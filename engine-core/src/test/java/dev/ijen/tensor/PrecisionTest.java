package dev.ijen.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which types a policy gives to what is traced.
class PrecisionTest {
    private static final class Weight extends Cell {
        Weight(String name, int... dims) {
            super(name, DType.F32, Shape.of(dims));
        }

        @Override
        public Evaluator home() {
            return null;
        }
    }

    private final Weight w = new Weight("w", 8, 8);
    private final Weight b = new Weight("b", 8);
    private final Weight k = new Weight("k", 4, 3, 3, 3);

    private static Tensor input(int... dims) {
        return Tensor.of(new Leaf.Input(0, DType.F32, Shape.of(dims)));
    }

    private static Tensor trace(Precision p, UnaryOperator<Tensor> f, int... dims) {
        return Trace.training().with(p).call(() -> f.apply(input(dims)));
    }

    private static DType type(Precision p, UnaryOperator<Tensor> f) {
        return trace(p, f, 4, 8).dtype();
    }

    private Tensor hidden(Tensor x) {
        return x.matmul(w.get()).add(b.get()).relu();
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "TF32"})
    void withoutAMixedPolicyNothingIsCast(Precision p) {
        var y = trace(p, x -> hidden(x).softmax().sum(), 4, 8);
        for (var t : Tensor.topological(List.of(y))) {
            assertTrue(!(t.op() instanceof Elementwise.Cast) && t.dtype() == DType.F32, t.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void productsAreShortAndWhatFollowsStaysShort(Precision p) {
        var low = p.operands();
        assertEquals(low, type(p, x -> x.matmul(w.get())));
        assertEquals(low, type(p, this::hidden), "bias and relu");
        assertEquals(low, type(p, x -> hidden(hidden(x)).add(hidden(x))), "residual");
        for (UnaryOperator<Tensor> f : List.<UnaryOperator<Tensor>>of(
                Tensor::gelu, Tensor::geluTanh, Tensor::silu, Tensor::tanh, Tensor::sigmoid, Tensor::mish,
                Tensor::softplus, Tensor::hardSwish, x -> x.elu(1), x -> x.leakyRelu(0.1), x -> x.clip(0, 6),
                x -> x.mul(0.3), x -> x.gt(0).where(x, 0), x -> x.reshape(8, 4).transpose(), x -> x.max(1))) {
            assertEquals(low, type(p, x -> f.apply(hidden(x))));
        }
        assertEquals(low, trace(p, x -> x.conv2d(k.get(), 1, 1).relu().maxPool2d(2, 2, 0), 2, 3, 8, 8).dtype());
        assertEquals(low, trace(p, x -> x.conv2d(k.get(), 1, 1).avgPool2d(2, 2, 0), 2, 3, 8, 8).dtype());
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void whatNeedsDigitsOrRangeIsF32(Precision p) {
        for (UnaryOperator<Tensor> f : List.<UnaryOperator<Tensor>>of(
                Tensor::softmax, Tensor::logSoftmax, Tensor::exp, x -> x.square().add(1).log(), x -> x.sum(),
                x -> x.mean(0), x -> x.variance(0, 1), x -> x.norm(1), x -> x.cumsum(1), x -> x.logSumExp(1),
                x -> x.add(1).rsqrt(), x -> x.pow(1.5))) {
            assertEquals(DType.F32, type(p, x -> f.apply(hidden(x))));
        }
        var labels = Tensor.full(DType.I32, 1, Shape.of(4));
        assertEquals(DType.F32, type(p, x -> hidden(x).crossEntropy(labels)));
        assertEquals(p.operands(), type(p, x -> hidden(x).softmax().matmul(w.get())), "a product after it");
    }

    @Test
    void wideMeetsShortAsWideButParametersAdapt() {
        var p = Precision.BF16;
        assertEquals(DType.F32, type(p, x -> hidden(x).mul(x)));
        assertEquals(DType.BF16, type(p, x -> hidden(x).mul(b.get().reshape(1, 8))));
        assertEquals(DType.BF16, type(p, x -> x.gt(0).where(hidden(x), b.get())));
        assertEquals(DType.F32, type(p, x -> Tensor.concat(1, hidden(x), x)));
        assertEquals(DType.BF16, type(p, x -> Tensor.concat(1, hidden(x), hidden(x))));
        var w64 = Tensor.full(DType.F64, 1, Shape.of(8, 8));
        assertEquals(DType.F64, type(p, x -> x.cast(DType.F64).matmul(w64)), "F64 stays");
    }

    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void gradientsHaveTheTypesOfWhatTheyAreOf(Precision p) {
        var gradients = Trace.training().with(p).call(() -> {
            var x = input(4, 8);
            var h = hidden(x);
            var loss = h.matmul(w.get()).softmax().square().sum();
            return Gradient.of(loss, List.of(w.get(), b.get(), x, h));
        });
        assertEquals(List.of(DType.F32, DType.F32, DType.F32, p.operands()),
                gradients.stream().map(Tensor::dtype).toList());
        // both operands of every product, forward or backward, are short
        long products = 0;
        for (var t : Tensor.topological(gradients)) {
            if (t.op() instanceof Contraction.MatMul) {
                products++;
                assertEquals(p.operands(), t.dtype());
            }
        }
        assertEquals(6, products, "two forward, four backward");
    }

    @Test
    void rowsThatMeetAreSummedInF32() {
        var index = Tensor.full(DType.I32, 1, Shape.of(5));
        var g = Trace.training().with(Precision.BF16).call(() -> {
            var rows = Precision.activation(w.get().take(0, index));
            assertEquals(DType.BF16, rows.dtype());
            return Gradient.of(rows.matmul(w.get()).sum(), w.get());
        });
        var sums = Tensor.topological(List.of(g)).stream().filter(t -> t.op() instanceof Indexing.ScatterAdd).toList();
        assertEquals(1, sums.size());
        assertEquals(DType.F32, sums.getFirst().dtype());
    }

    @Test
    void aPartOfAStepMayBeF32() {
        assertEquals(DType.F32, type(Precision.F16, x -> Trace.precision(Precision.F32, () -> hidden(x))));
        var types = Trace.training().with(Precision.F16).call(() -> {
            var x = input(4, 8);
            var wide = Trace.precision(Precision.F32, () -> hidden(x));
            return List.of(wide.dtype(), hidden(x).dtype(), Trace.inference(() -> hidden(x)).dtype());
        });
        assertEquals(List.of(DType.F32, DType.F16, DType.F16), types);
        assertEquals(Precision.F32, Precision.current(), "outside of a step");
        assertEquals(DType.F32, hidden(input(4, 8)).dtype());
    }

    @Test
    void namesAreParsed() {
        for (var p : Precision.values()) {
            assertSame(p, Precision.parse(p.label()));
            assertSame(p, Precision.parse(p.name()));
        }
        assertEquals("f32, tf32, bf16, f16", Precision.labels());
        var e = assertThrows(IjenException.class, () -> Precision.parse("fp16"));
        assertTrue(e.getMessage().contains("'fp16'") && e.getMessage().contains("f32, tf32, bf16, f16"),
                e.getMessage());
    }
}
