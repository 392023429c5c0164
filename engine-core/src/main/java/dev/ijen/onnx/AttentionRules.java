package dev.ijen.onnx;

import dev.ijen.tensor.AttentionOptions;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Attention with masks, caches and shared heads, and rotary positions.
final class AttentionRules {
    private AttentionRules() {}

    static void add(Ops o) {
        o.values("Attention", AttentionRules::attention);
        o.same("RotaryEmbedding", AttentionRules::rotary);
    }

    /// [B, T, H · D] → [B, H, T, D].
    static Tensor heads(Tensor x, int heads) {
        if (x.shape().rank() == 4) {
            return x;
        }
        var s = x.shape();
        return x.reshape(s.dim(0), s.dim(1), heads, s.dim(2) / heads).swapAxes(1, 2);
    }

    /// Heads of keys and values, each for several neighbouring ones of queries.
    static Tensor shared(Tensor x, int heads) {
        var s = x.shape();
        int times = heads / s.dim(1);
        return times == 1 ? x
                : x.insertAxis(2).broadcast(s.dim(0), s.dim(1), times, s.dim(2), s.dim(3))
                        .reshape(s.dim(0), heads, s.dim(2), s.dim(3));
    }

    /// True if the engine's own attention does this, which holds no matrix of scores.
    private static boolean plain(Call c, Tensor q, Tensor k, Tensor v) {
        var type = q.dtype();
        boolean alone = !c.has(3) && !c.has(4) && !c.has(5) && !c.has(6) && !c.wants(1) && !c.wants(2) && !c.wants(3);
        boolean square = q.shape().dim(2) == k.shape().dim(2) || !c.flag("is_causal");
        return alone && square && c.f("softcap", 0) == 0 && (type == DType.F32 || type == DType.F64)
                && k.shape().equals(v.shape()) && q.shape().dim(3) == k.shape().dim(3) && !c.given("softmax_precision");
    }

    private static List<Value> attention(Call c) {
        boolean flat = c.x(0).shape().rank() == 3;
        var q = heads(c.x(0), (int) c.i("q_num_heads", 1));
        var k = heads(c.x(1), (int) c.i("kv_num_heads", 1));
        var v = heads(c.x(2), (int) c.i("kv_num_heads", 1));
        if (plain(c, q, k, v)) {
            double scale = c.given("scale") ? c.f("scale", 1) : 1 / Math.sqrt(q.shape().dim(3));
            var options = (c.flag("is_causal") ? AttentionOptions.CAUSAL : AttentionOptions.FULL).withScale(scale);
            var o = q.swapAxes(1, 2).attention(k.swapAxes(1, 2), v.swapAxes(1, 2), options);
            return List.of(c.like(0, flat ? o.reshape(o.shape().dim(0), o.shape().dim(1), -1) : o.swapAxes(1, 2)));
        }
        int past = c.has(4) ? c.x(4).shape().dim(2) : 0;
        k = c.has(4) ? Tensor.concat(2, c.x(4), k) : k;
        v = c.has(5) ? Tensor.concat(2, c.x(5), v) : v;
        int heads = q.shape().dim(1);
        int d = q.shape().dim(3);
        double scale = c.given("scale") ? c.f("scale", 1) : 1 / Math.sqrt(d);
        double root = Math.sqrt(scale);
        var kk = shared(k, heads);
        var raw = q.mul(root).matmul(kk.mul(root).transpose());
        var precision = OnnxType.of((int) c.i("softmax_precision", 0));
        var type = precision == null ? raw.dtype() : precision.carrier();
        double cap = c.f("softcap", 0);
        var capped = cap > 0 ? raw.div(cap).tanh().mul(cap) : raw;
        var bias = bias(c, q, k, past);
        var scores = bias == null ? capped : capped.add(bias.cast(capped.dtype()));
        var wide = scores.cast(DType.promote(type, scores.dtype()));
        // a query that sees no key gives 0, not NaN
        var any = wide.maxKeep(-1).gt(Double.NEGATIVE_INFINITY);
        var p = bias == null ? wide.softmax()
                : any.where(any.where(wide, wide.zerosLike()).softmax(), wide.zerosLike());
        p = p.cast(raw.dtype());
        var y = p.matmul(shared(v, heads));
        if (flat) {
            var s = y.shape();
            y = y.swapAxes(1, 2).reshape(s.dim(0), s.dim(2), s.dim(1) * s.dim(3));
        }
        var shown = switch ((int) c.i("qk_matmul_output_mode", 0)) {
            case 0 -> raw;
            case 1 -> capped;
            case 2 -> scores;
            default -> p;
        };
        var out = new ArrayList<Value>();
        out.add(c.like(0, y));
        out.add(c.like(1, k));
        out.add(c.like(2, v));
        out.add(c.like(0, shown));
        return out;
    }

    /// What is added to the scores: the mask, −∞ where keys lie ahead, −∞ behind the keys there are. Null if nothing is.
    private static Tensor bias(Call c, Tensor q, Tensor k, int past) {
        int tq = q.shape().dim(2);
        int tk = k.shape().dim(2);
        Tensor b = null;
        if (c.has(3)) {
            var m = c.x(3);
            if (m.dtype() == DType.BOOL) {
                m = m.where(Tensor.scalar(q.dtype(), 0), Tensor.scalar(q.dtype(), Double.NEGATIVE_INFINITY));
            }
            int short0 = tk - m.shape().dim(-1);
            m = short0 > 0 && m.shape().dim(-1) > 1 ? m.pad(m.shape().rank() - 1, 0, short0, Double.NEGATIVE_INFINITY)
                    : m;
            b = m;
        }
        var zero = Tensor.scalar(q.dtype(), 0);
        var none = Tensor.scalar(q.dtype(), Double.NEGATIVE_INFINITY);
        Tensor lengths = c.has(6) ? c.x(6).cast(DType.I32).reshape(-1, 1, 1, 1) : null;
        if (c.flag("is_causal")) {
            // the last query sees the last key there is: those of a cache come before all of the queries
            var s = Shape.of(1, 1, tq, tk);
            var from = Tensor.iota(2, s);
            from = lengths != null && !c.has(4) ? from.add(lengths.sub(tq)) : from.add(past);
            var causal = from.ge(Tensor.iota(3, s)).where(zero, none);
            b = b == null ? causal : b.add(causal);
        }
        if (lengths != null) {
            var inside = Tensor.iota(3, Shape.of(1, 1, 1, tk)).lt(lengths).where(zero, none);
            b = b == null ? inside : b.add(inside);
        }
        return b;
    }

    /// Pairs of a head's elements turned by an angle for each position (arXiv:2104.09864): neighbours if interleaved, else halves.
    private static Tensor rotary(Call c) {
        var given = c.x(0);
        boolean flat = given.shape().rank() == 3;
        var x = flat ? heads(given, (int) c.i("num_heads", 1)) : given; // [B, H, T, D]
        int d = x.shape().dim(3);
        int r = (int) c.i("rotary_embedding_dim", 0);
        r = r == 0 ? d : r;
        var cos = angles(c, 1, r / 2);
        var sin = angles(c, 2, r / 2);
        var turned = x.slice(3, 0, r);
        var rest = x.slice(3, r, d - r);
        boolean pairs = c.flag("interleaved");
        var a = pairs ? turned.slice(3, 0, r / 2, 2) : turned.slice(3, 0, r / 2);
        var b = pairs ? turned.slice(3, 1, r / 2, 2) : turned.slice(3, r / 2, r / 2);
        var p = cos.mul(a).sub(sin.mul(b));
        var q = sin.mul(a).add(cos.mul(b));
        var y = pairs ? Tensor.stack(4, p, q).reshape(turned.shape()) : Tensor.concat(3, p, q);
        y = r == d ? y : Tensor.concat(3, y, rest);
        return flat ? y.swapAxes(1, 2).reshape(given.shape()) : y;
    }

    /// [B, 1, T, half] from a table by position, or given for each.
    private static Tensor angles(Call c, int i, int half) {
        var t = c.x(i);
        if (c.has(3)) {
            t = t.take(0, Layout.wrapIndex(c.x(3), t.shape().dim(0)));
        }
        return t.slice(2, 0, half).insertAxis(1);
    }
}
