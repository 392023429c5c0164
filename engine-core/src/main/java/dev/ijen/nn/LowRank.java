package dev.ijen.nn;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// An adapter beside a linear layer (LoRA; Hu et al., arXiv:2106.09685): `scale · dropout(x) · aᵀ · bᵀ`, x [N, in] → [N, out]. It begins as
/// 0, since b does.
///
/// @param a [rank, in]
/// @param b [out, rank]
/// @param scale alpha / rank
/// @param dropout of x, or null
public record LowRank(Parameter a, Parameter b, double scale, Dropout dropout) {
    /// For a weight [out, in]: a from He's uniform distribution, as in the authors' code, b of zeros.
    static LowRank of(Engine engine, Shape weight, int rank, double alpha, double dropout) {
        var shape = Shape.of(rank, weight.dim(1));
        return new LowRank(
                engine.parameter("lora.a", Init.heUniform().create(engine.hostRandom(), shape, Init.Fan.of(shape))),
                engine.parameter("lora.b", HostTensor.zeros(DType.F32, Shape.of(weight.dim(0), rank))),
                alpha / rank,
                dropout == 0 ? null : Dropout.of(engine, dropout));
    }

    Tensor apply(Tensor rows) {
        var x = dropout == null ? rows : dropout.apply(rows);
        var type = DType.promote(x.dtype(), a.dtype());
        var h = Contraction.MatMul.of(x.cast(type), false, a.get().cast(type), true);
        return Contraction.MatMul.of(h, false, b.get().cast(type), true).mul(scale);
    }

    /// `w + scale · b · a`: the weight with which the layer alone does what it and the adapter do; sums in f64.
    HostTensor merged(HostTensor w) {
        int out = w.shape().dim(0);
        int in = w.shape().dim(1);
        int rank = a.shape().dim(0);
        float[] u = b.read().toFloatArray();
        float[] v = a.read().toFloatArray();
        var sum = new float[out * in];
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                double s = 0;
                for (int r = 0; r < rank; r++) {
                    s += (double) u[o * rank + r] * v[r * in + i];
                }
                sum[o * in + i] = (float) (w.get(o * in + i) + scale * s);
            }
        }
        return HostTensor.of(sum, out, in);
    }
}
