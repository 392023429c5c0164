package dev.ijen.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Cells;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The structure of models: names, sharing, what a summary says.
class CellsTest extends OnEngine {
    /// A block made of layers.
    record Block(Linear in, BatchNorm norm, List<Linear> out, Map<String, Linear> heads, double factor)
            implements Module {
        @Override
        public Tensor apply(Tensor x) {
            return out.getFirst().apply(norm.apply(in.apply(x))).mul(factor);
        }
    }

    /// A model as a class.
    static final class Plain implements Module {
        private final Linear first;
        private final Linear[] others;
        private final Module activation = Tensor::relu;

        Plain(Linear first, Linear... others) {
            this.first = first;
            this.others = others;
        }

        @Override
        public Tensor apply(Tensor x) {
            return activation.apply(others[0].apply(first.apply(x)));
        }
    }

    private Linear linear() {
        return Linear.of(engine, 2, 2);
    }

    private Linear bare() {
        return Linear.of(engine, 2, 2, Init.heNormal(), false);
    }

    private static List<String> names(Object model) {
        return List.copyOf(Module.cells(model).keySet());
    }

    @Test
    void namesArePaths() {
        var chain = Chain
                .of(linear(), Tensor::relu,
                        new Block(bare(), BatchNorm.of(engine, 2), List.of(bare(), bare()), Map.of("a", bare()), 2))
                .then("head", bare());
        assertEquals(
                List.of(
                        "0.weight",
                        "0.bias",
                        "2.in.weight",
                        "2.norm.weight",
                        "2.norm.bias",
                        "2.norm.runningMean",
                        "2.norm.runningVariance",
                        "2.out.0.weight",
                        "2.out.1.weight",
                        "2.heads.a.weight",
                        "head.weight"),
                names(chain));
        assertEquals(List.of("2.norm.runningMean", "2.norm.runningVariance"),
                List.copyOf(Module.states(chain).keySet()));
        assertEquals(6 + 4 + 4 + 4 + 4 + 4 + 4, Module.parameterCount(chain));
    }

    @Test
    void plainObjectsAreWalkedByTheirFields() {
        assertEquals(List.of("first.weight", "others.0.weight"), names(new Plain(bare(), bare())));
        assertEquals(List.of("0.first.weight"), names(Chain.of(new Plain(bare()))));
    }

    @Test
    void aSharedCellHasTheNameOfItsFirstUse() {
        var shared = bare();
        assertEquals(List.of("0.weight"), names(Chain.of(shared, Tensor::relu, shared)));
        assertEquals(List.of("0.weight"), names(Chain.of(shared, new Linear(shared.weight(), null))));
        assertEquals(4, Module.parameterCount(List.of(shared, shared)));
    }

    @Test
    void aLambdaMayNotHideWeights() {
        var hidden = bare();
        var e = assertThrows(IjenException.class, () -> Module.cells(Chain.of(linear(), x -> hidden.apply(x))));
        assertTrue(e.getMessage().contains("lambda at '1'"), e.getMessage());
        e = assertThrows(IjenException.class, () -> Module.cells(Chain.of(x -> hidden.apply(x).relu())));
        assertTrue(e.getMessage().contains("record"), e.getMessage());
    }

    @Test
    void aLambdaMayUseWeightsThatAreFoundElsewhere() {
        var table = Embedding.of(engine, 5, 2);
        double scale = 2;
        var tied = Chain.of(table, x -> x.matmul(table.weight().get().transpose()).mul(scale));
        assertEquals(List.of("0.weight"), names(tied));
        assertEquals(Shape.of(3, 5), tied.apply(engine.tensor(new int[] {1, 2, 3}, 3)).shape());
        assertEquals(10, Module.parameterCount(tied));
        assertEquals(3, Module.summary(tied, DType.I32, Shape.of(3)).size());
    }

    @Test
    void whatHoldsNoCellsIsPassedOver() {
        assertEquals(List.of(), names(List.of(Dropout.of(engine, 0.5), Activation.RELU, MaxPool.d2(2), "text", 3,
                HostTensor.of(new float[] {1}))));
        assertEquals(List.of(), names(Optional.empty()));
    }

    @Test
    void closingAModelFreesIt() {
        long before = engine.memory().buffers();
        var model = Chain.of(linear(), BatchNorm.of(engine, 2));
        Parameter weight = Module.parameters(model).get("0.weight");
        assertEquals(before + 6, engine.memory().buffers());
        Module.close(model);
        assertEquals(before, engine.memory().buffers());
        assertThrows(IjenException.class, weight::read);
    }

    @Test
    void patterns() {
        assertTrue(Cells.matches("*", "0.weight"));
        assertTrue(Cells.matches("*.bias", "block.0.bias"));
        assertTrue(Cells.matches("0.*", "0.weight"));
        assertTrue(Cells.matches("*.norm*.bias", "2.norm1.bias"));
        assertFalse(Cells.matches("0.*", "10.weight"));
        assertFalse(Cells.matches("*.bias", "bias"));
        assertFalse(Cells.matches("0.weight", "0.weights"));
    }

    @Test
    void chainsRefuseUnusableNames() {
        var chain = Chain.of(Tensor::relu);
        assertThrows(IjenException.class, () -> chain.then("0", Tensor::relu));
        assertThrows(IjenException.class, () -> chain.then("a.b", Tensor::relu));
        assertEquals(2, chain.then(Tensor::relu).modules().size());
        assertEquals(List.of("0.weight"), names(Chain.of(bare(), Tensor::relu, bare()).first(2)));
    }

    @Test
    void summaryHasARowForEachLayer() {
        var model = Chain.of(
                Conv.d2(engine, 1, 4, 3),
                Tensor::relu,
                Residual.of(Chain.of(Conv.of(engine, ConvSpec.of(2, 4, 4, 3).withPadding(Padding.same())),
                        Activation.GELU)),
                MaxPool.d2(2),
                new Flatten(),
                Dropout.of(engine, 0.5),
                Linear.of(engine, 4 * 3 * 3, 10));
        var rows = Module.summary(model, DType.F32, Shape.of(8, 1, 8, 8));
        var text = new StringBuilder();
        rows.forEach(r -> text.append(r.name()).append(' ').append(r.type()).append(' ').append(r.depth()).append(' ')
                .append(r.output())
                .append(' ').append(r.parameters()).append('\n'));
        assertEquals(
                """
                 Chain 0 [8, 10] 558
                0 Conv 1 [8, 4, 6, 6] 40
                1 relu 1 [8, 4, 6, 6] 0
                2 Residual 1 [8, 4, 6, 6] 148
                2.body Chain 2 [8, 4, 6, 6] 148
                2.body.0 Conv 3 [8, 4, 6, 6] 148
                2.body.1 gelu 3 [8, 4, 6, 6] 0
                3 MaxPool 1 [8, 4, 3, 3] 0
                4 Flatten 1 [8, 36] 0
                5 Dropout 1 [8, 36] 0
                6 Linear 1 [8, 10] 370
                """,
                text.toString());
        assertThrows(ShapeException.class, () -> Module.summary(model, DType.F32, Shape.of(8, 1, 12, 12)));
    }
}
