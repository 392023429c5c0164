package dev.ijen.onnx;

import dev.ijen.tensor.Gradient;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// One step of an optimizer as an operator: inputs rate R, step T, then all tensors, all gradients, all moments.
final class OptimizerRules {
    private OptimizerRules() {}

    static void add(Ops o) {
        o.values("Adagrad", c -> each(c, 3, OptimizerRules::adagrad));
        o.values("Adam", c -> each(c, 4, OptimizerRules::adam));
        o.values("Momentum", c -> each(c, 3, OptimizerRules::momentum));
        o.values("Gradient", OptimizerRules::gradient);
    }

    /// The gradient of a value y with respect to values xs, at the place they have.
    private static List<Value> gradient(Call c) {
        var names = c.strings("xs");
        var y = c.scope().get(c.s("y", ""));
        if (!(y instanceof Value.Of of)) {
            throw c.fail("y '" + c.s("y", "") + "', which is no tensor before this node", "the name of one");
        }
        var wrt = new ArrayList<Tensor>();
        for (int i = 0; i < names.size(); i++) {
            if (!c.has(i) || c.scope().get(names.get(i)) != c.value(i)) {
                throw c.unsupported("the gradient at another place than '" + names.get(i) + "'",
                        "inputs that are xs themselves");
            }
            wrt.add(c.x(i));
        }
        var g = Gradient.of(of.tensor(), of.tensor().onesLike(), wrt);
        var out = new ArrayList<Value>();
        for (int i = 0; i < wrt.size(); i++) {
            out.add(c.like(i, g.get(i)));
        }
        return out;
    }

    private interface Update {
        /// @param in tensor, gradient, moments
        Tensor[] apply(Call c, Tensor[] in);
    }

    private static List<Value> each(Call c, int kinds, Update f) {
        int n = (c.arity() - 2) / kinds;
        var out = new Value[n * (kinds - 1)];
        for (int i = 0; i < n; i++) {
            var in = new Tensor[kinds];
            for (int k = 0; k < kinds; k++) {
                in[k] = c.x(2 + k * n + i);
            }
            var r = f.apply(c, in);
            for (int k = 0; k < r.length; k++) {
                out[k * n + i] = c.like(2 + i, r[k]);
            }
        }
        return new ArrayList<>(List.of(out));
    }

    private static Tensor one(Tensor t, Tensor like) {
        return t.cast(like.dtype()).reshape(dev.ijen.tensor.Shape.scalar());
    }

    private static Tensor[] adagrad(Call c, Tensor[] in) {
        var x = in[0];
        var g = x.mul(c.f("norm_coefficient", 0)).add(in[1]);
        var r = one(c.x(0), x).div(one(c.x(1), x).mul(c.f("decay_factor", 0)).add(1));
        var h = in[2].add(g.square());
        return new Tensor[] {x.sub(r.mul(g).div(h.sqrt().add(c.f("epsilon", 1e-6)))), h};
    }

    private static Tensor[] adam(Call c, Tensor[] in) {
        var x = in[0];
        double a = c.f("alpha", 0.9);
        double b = c.f("beta", 0.999);
        var t = one(c.x(1), x);
        var rate = one(c.x(0), x);
        var g = x.mul(c.f("norm_coefficient", 0)).add(in[1]);
        var v = in[2].mul(a).add(g.mul(1 - a));
        var h = in[3].mul(b).add(g.square().mul(1 - b));
        var corrected = rate.mul(Tensor.scalar(x.dtype(), b).pow(t).rsub(1).sqrt())
                .div(Tensor.scalar(x.dtype(), a).pow(t).rsub(1));
        rate = t.gt(0).where(corrected, rate);
        var y = x.sub(rate.mul(v).div(h.sqrt().add(c.f("epsilon", 1e-6))));
        return new Tensor[] {y.mul(1 - c.f("norm_coefficient_post", 0)), v, h};
    }

    private static Tensor[] momentum(Call c, Tensor[] in) {
        var x = in[0];
        double a = c.f("alpha", 0.9);
        double beta = c.f("beta", 0);
        var rate = one(c.x(0), x);
        var g = x.mul(c.f("norm_coefficient", 0)).add(in[1]);
        var first = one(c.x(1), x).gt(0).where(Tensor.scalar(x.dtype(), beta), Tensor.scalar(x.dtype(), 1));
        var v = in[2].mul(a).add(g.mul(first));
        var y = c.s("mode", "standard").equals("nesterov") ? x.sub(rate.mul(g.add(v.mul(a)))) : x.sub(rate.mul(v));
        return new Tensor[] {y, v};
    }
}
