package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.List;

/// Layers that carry a state from one call to the next.
final class StateRules {
    private StateRules() {}

    static void add(Ops o) {
        o.values("LinearAttention", StateRules::linearAttention);
        o.values("CausalConvWithState", StateRules::causalConv);
    }

    /// S ← decay · S + k vᵀ, or with the delta rule + β k (v − Sᵀ k)ᵀ; y = scale · Sᵀ q (arXiv:2412.06464). The state is F32, [B, H, Dk, Dv].
    private static List<Value> linearAttention(Call c) {
        int hq = (int) c.i("q_num_heads", 1);
        int hkv = (int) c.i("kv_num_heads", 1);
        var rule = c.s("update_rule", "gated_delta");
        boolean gated = rule.startsWith("gated");
        boolean delta = rule.endsWith("delta");
        var q = wide(AttentionRules.heads(c.x(0), hq));
        var k = wide(AttentionRules.heads(c.x(1), hkv));
        var v = wide(AttentionRules.heads(c.x(2), hkv));
        int batch = q.shape().dim(0);
        int steps = q.shape().dim(2);
        int dk = k.shape().dim(3);
        int dv = v.shape().dim(3);
        var decay = gated && c.has(4) ? wide(AttentionRules.heads(c.x(4), hkv)).exp() : null;
        // one a head, or one for all
        var beta = delta && c.has(5)
                ? wide(c.x(5)).reshape(batch, steps, -1).swapAxes(1, 2).insertAxis(3) : null;
        double given = c.f("scale", 0);
        double scale = given == 0 ? 1 / Math.sqrt(dk) : given;
        var s = c.has(3) ? wide(c.x(3)) : Tensor.full(k.dtype(), 0, Shape.of(batch, hkv, dk, dv));
        var y = new Tensor[steps];
        for (int t = 0; t < steps; t++) {
            if (decay != null) {
                s = s.mul(decay.slice(2, t, 1).swapAxes(2, 3));
            }
            var kt = k.slice(2, t, 1); // [B, H, 1, Dk]
            var write = v.slice(2, t, 1);
            if (delta) {
                write = write.sub(kt.matmul(s));
                write = beta == null ? write : write.mul(beta.slice(2, t, 1));
            }
            s = s.add(kt.transpose().matmul(write));
            y[t] = q.slice(2, t, 1).matmul(AttentionRules.shared(s, hq)).mul(scale);
        }
        var all = Tensor.concat(2, y).swapAxes(1, 2).reshape(batch, steps, hq * dv);
        return List.of(c.like(0, all), c.like(0, s));
    }

    private static Tensor wide(Tensor x) {
        return x.cast(DType.promote(x.dtype(), DType.F32));
    }

    /// One filter a channel, over the elements before: x [B, C, T], w [C, 1, K], state [B, C, K − 1].
    private static List<Value> causalConv(Call c) {
        var x = c.x(0);
        int k = c.x(1).shape().dim(2) - 1;
        var before = c.has(3) ? c.x(3) : Tensor.full(x.dtype(), 0, x.shape().with(2, k));
        var all = k == 0 ? x : Tensor.concat(2, before, x);
        var y = all.conv(c.x(1), dev.ijen.tensor.WindowSpec.square(1, 1, 1, 0), x.shape().dim(1));
        y = ConvRules.bias(c, y, 2);
        var f = c.s("activation", "none");
        y = switch (f) {
            case "none", "" -> y;
            case "silu", "swish" -> wide(y).silu().cast(y.dtype());
            default -> throw c.unsupported("activation " + f, "none, silu or swish");
        };
        return List.of(c.like(0, y), c.like(0, all.slice(2, all.shape().dim(2) - k, k)));
    }
}
