package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Trace;
import java.util.List;

/// Random numbers from the engine's generator: new in each run of a compiled model. A node's own seed is not used, since the engine's
/// decides.
final class RandomRules {
    private RandomRules() {}

    static void add(Ops o) {
        o.values("RandomUniform", c -> List.of(uniform(c, Shape.of(c.needed("shape")), type(c, OnnxType.FLOAT))));
        o.values("RandomUniformLike", c -> List.of(uniform(c, c.x(0).shape(), type(c, c.type(0)))));
        o.values("RandomNormal", c -> List.of(normal(c, Shape.of(c.needed("shape")), type(c, OnnxType.FLOAT))));
        o.values("RandomNormalLike", c -> List.of(normal(c, c.x(0).shape(), type(c, c.type(0)))));
        o.values("Bernoulli", c -> {
            var u = c.session().engine().uniform(c.x(0).shape().dims());
            return List.of(c.typed(u.lt(c.x(0).cast(DType.F32)), type(c, c.type(0))));
        });
        o.values("Multinomial", RandomRules::multinomial);
        o.values("Dropout", RandomRules::dropout);
    }

    private static OnnxType type(Call c, OnnxType otherwise) {
        var t = c.given("dtype") ? OnnxType.of((int) c.i("dtype", 1)) : otherwise;
        return t == null ? otherwise : t;
    }

    private static Value uniform(Call c, Shape shape, OnnxType type) {
        double low = c.f("low", 0);
        double high = c.f("high", 1);
        return c.typed(c.session().engine().uniform(shape.dims()).mul(high - low).add(low), type);
    }

    private static Value normal(Call c, Shape shape, OnnxType type) {
        return c.typed(c.session().engine().normal(shape.dims()).mul(c.f("scale", 1)).add(c.f("mean", 0)), type);
    }

    /// Classes drawn by log probabilities [B, classes] → [B, samples]: the greatest of log p + Gumbel noise.
    private static List<Value> multinomial(Call c) {
        var p = c.x(0).cast(DType.F32);
        int n = (int) c.i("sample_size", 1);
        int batch = p.shape().dim(0);
        var u = c.session().engine().uniform(batch, n, p.shape().dim(1)).add(0x1p-25);
        var drawn = p.insertAxis(1).sub(u.log().neg().log()).argmax(2);
        return List.of(c.typed(drawn, type(c, OnnxType.INT32)));
    }

    /// Drops in training: where the node says so from version 12 on, and in training steps before.
    private static List<Value> dropout(Call c) {
        var x = c.x(0);
        boolean training = c.version() >= 12 ? c.has(2) && c.host(2).get(0) != 0
                : Trace.isTraining() && !c.flag("is_test");
        double ratio = c.version() >= 12 ? c.has(1) ? c.host(1).item() : 0.5 : c.f("ratio", 0.5);
        if (!training || ratio == 0) {
            return List.of(c.value(0), c.natural(Tensor.full(DType.BOOL, 1, x.shape())));
        }
        // a node with a seed drops the same elements each time, those ONNX's reference drops
        var keep = c.given("seed")
                ? Tensor.of(HostTensor.of(DType.BOOL, NumpyRandom.atLeast(c.i("seed", 0), ratio, x.shape().size()),
                        x.shape().dims()))
                : c.session().engine().uniform(x.shape().dims()).ge(ratio);
        var y = keep.where(x.mul(1 / (1 - ratio)), x.zerosLike());
        return List.of(c.like(0, y), c.natural(keep));
    }
}
