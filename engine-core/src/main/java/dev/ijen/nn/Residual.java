package dev.ijen.nn;

import dev.ijen.tensor.ShapeException;
import dev.ijen.tensor.Tensor;

/// `y = body(x) + shortcut(x)` (He et al., arXiv:1512.03385).
///
/// @param body what is learnt on top of the shortcut
/// @param shortcut the identity, or a projection where the body changes the shape; may be null for the identity
public record Residual(Module body, Module shortcut) implements Module {
    /// With the identity as shortcut: the body must keep the shape.
    public static Residual of(Module body) {
        return new Residual(body, null);
    }

    /// With a projection as shortcut.
    public static Residual of(Module body, Module shortcut) {
        return new Residual(body, shortcut);
    }

    @Override
    public Tensor apply(Tensor x) {
        var y = Probe.apply("body", body, x);
        var s = shortcut == null ? x : Probe.apply("shortcut", shortcut, x);
        if (!y.shape().equals(s.shape())) {
            throw new ShapeException(
                    "residual",
                    "body " + y.shape() + ", shortcut " + s.shape(),
                    "equal shapes",
                    shortcut == null ? "give a projection as shortcut: Residual.of(body, Conv…)"
                            : "match strides and channels");
        }
        return y.add(s);
    }
}
