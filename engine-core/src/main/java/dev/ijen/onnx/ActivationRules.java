package dev.ijen.onnx;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;

/// Activation functions, and those along an axis.
final class ActivationRules {
    private ActivationRules() {}

    static void add(Ops o) {
        o.same("Relu", c -> c.x(0).relu());
        o.same("Sigmoid", c -> c.x(0).sigmoid());
        o.same("LeakyRelu", c -> c.x(0).leakyRelu(c.f("alpha", 0.01)));
        o.same("PRelu", ActivationRules::pRelu);
        o.same("Elu", c -> c.x(0).elu(c.f("alpha", 1)));
        o.same("Celu", c -> {
            double a = c.f("alpha", 1);
            return c.x(0).relu().add(c.x(0).div(a).elu(1).minimum(0).mul(a));
        });
        o.same("Selu", c -> c.x(0).elu(c.f("alpha", 1.6732631921768188)).mul(c.f("gamma", 1.0507010221481323)));
        o.same("ThresholdedRelu", c -> c.x(0).gt(c.f("alpha", 1)).where(c.x(0), 0));
        o.same("HardSigmoid", c -> c.x(0).mul(c.f("alpha", 0.2)).add(c.f("beta", 0.5)).clip(0, 1));
        o.same("HardSwish", c -> c.x(0).hardSwish());
        o.same("Softplus", c -> c.x(0).softplus());
        o.same("Softsign", c -> c.x(0).div(c.x(0).abs().add(1)));
        o.same("Gelu", c -> c.s("approximate", "none").equals("tanh") ? c.x(0).geluTanh() : c.x(0).gelu());
        o.same("Mish", c -> c.x(0).mish());
        o.same("Swish", c -> c.x(0).mul(c.x(0).mul(c.f("alpha", 1)).sigmoid()));
        o.same("SwiGLU", c -> c.x(0).mul(c.x(0).mul(c.f("alpha", 1)).sigmoid()).mul(c.x(1)));
        o.same("Shrink", ActivationRules::shrink);
        o.same("Softmax", c -> alongAxis(c, (x, a) -> x.softmax(a)));
        o.same("LogSoftmax", c -> alongAxis(c, (x, a) -> x.logSoftmax(a)));
        o.same("Hardmax", c -> alongAxis(c, (x, a) -> {
            int n = x.shape().dim(a);
            return Layout.move(x.argmax(a).oneHot(n, x.dtype()), x.shape().rank() - 1, a);
        }));
    }

    private static Tensor pRelu(Call c) {
        var x = c.x(0);
        var s = c.x(1);
        if (c.version() < 7 && s.shape().rank() == 1 && s.shape().dim(0) > 1 && x.shape().rank() > 1) {
            var d = new int[x.shape().rank() - 1];
            Arrays.fill(d, 1);
            d[0] = s.shape().dim(0);
            s = s.reshape(d);
        }
        return x.lt(0).where(x.mul(s), x);
    }

    private static Tensor shrink(Call c) {
        var x = c.x(0);
        double lambd = c.f("lambd", 0.5);
        double bias = c.f("bias", 0);
        var r = x.cast(DType.promote(x.dtype(), DType.F32));
        return r.lt(-lambd).where(r.add(bias), r.gt(lambd).where(r.sub(bias), 0));
    }

    private interface Along {
        Tensor apply(Tensor x, int axis);
    }

    /// Before version 13 everything from the axis on is one axis.
    private static Tensor alongAxis(Call c, Along f) {
        var x = c.x(0);
        if (x.shape().rank() == 0) {
            return f.apply(x.reshape(1), 0).reshape(Shape.scalar());
        }
        if (c.version() >= 13) {
            return f.apply(x, c.axis(c.i("axis", -1), x.shape().rank()));
        }
        long a = c.i("axis", 1);
        int axis = a == x.shape().rank() ? (int) a : c.axis(a, x.shape().rank());
        return f.apply(Layout.matrix(x, axis), 1).reshape(x.shape());
    }
}
