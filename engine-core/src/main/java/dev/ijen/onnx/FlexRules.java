package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import java.util.List;

/// Attention whose scores and probabilities graphs inside of it may change.
final class FlexRules {
    private FlexRules() {}

    static void add(Ops o) {
        o.values("FlexAttention", FlexRules::flex);
    }

    private static List<Value> flex(Call c) {
        var q = c.x(0);
        int heads = q.shape().dim(1);
        var k = AttentionRules.shared(c.x(1), heads);
        var v = AttentionRules.shared(c.x(2), heads);
        double scale = c.given("scale") ? c.f("scale", 1) : 1 / Math.sqrt(q.shape().dim(3));
        double root = Math.sqrt(scale);
        var scores = q.mul(root).matmul(k.mul(root).transpose());
        var precision = OnnxType.of((int) c.i("softmax_precision", 0));
        var wide = scores.cast(precision != null ? precision.carrier() : DType.promote(scores.dtype(), DType.F32));
        Value s = c.natural(wide);
        s = c.given("score_mod") ? Interpreter.inner(c, c.graph("score_mod"), List.of(s)).getFirst() : s;
        Value p = c.natural(((Value.Of) s).tensor().softmax());
        p = c.given("prob_mod") ? Interpreter.inner(c, c.graph("prob_mod"), List.of(p)).getFirst() : p;
        var probabilities = ((Value.Of) p).tensor();
        return List.of(c.like(0, probabilities.matmul(v.cast(probabilities.dtype()))));
    }
}
