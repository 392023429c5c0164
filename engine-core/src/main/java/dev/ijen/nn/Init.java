package dev.ijen.nn;

import dev.ijen.engine.HostRandom;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.util.Locale;

/// How weights start. `fan` is the number of inputs of a unit (in) and of units an input reaches (out).
@FunctionalInterface
public interface Init {
    /// F32 values for weights of a shape.
    HostTensor create(HostRandom random, Shape shape, Fan fan);

    /// Inputs of a unit, and units an input reaches.
    ///
    /// @param in inputs of one unit
    /// @param out units one input reaches
    record Fan(int in, int out) {
        /// Of weights [out, in / groups, window..]: linear layers and convolutions.
        static Fan of(Shape w) {
            int window = w.size() / Math.max(1, w.dim(0) * w.dim(1));
            return new Fan(w.dim(1) * window, w.dim(0) * window);
        }
    }

    /// U(±√(6 / (in + out))): keeps the variance of tanh-like layers (Glorot and Bengio 2010).
    static Init xavierUniform() {
        return (r, s, f) -> Draw.uniform(r, s, Math.sqrt(6.0 / (f.in + f.out)));
    }

    /// N(0, 2 / (in + out)) (Glorot and Bengio 2010).
    static Init xavierNormal() {
        return (r, s, f) -> Draw.normal(r, s, 0, Math.sqrt(2.0 / (f.in + f.out)));
    }

    /// U(±√(6 / in)): keeps the variance of ReLU layers (He et al., arXiv:1502.01852).
    static Init heUniform() {
        return (r, s, f) -> Draw.uniform(r, s, Math.sqrt(6.0 / f.in));
    }

    /// N(0, 2 / in) (He et al., arXiv:1502.01852).
    static Init heNormal() {
        return (r, s, f) -> Draw.normal(r, s, 0, Math.sqrt(2.0 / f.in));
    }

    /// U(±√(3 / in)): for self-normalising layers (LeCun et al. 1998).
    static Init lecunUniform() {
        return (r, s, f) -> Draw.uniform(r, s, Math.sqrt(3.0 / f.in));
    }

    /// N(0, 1 / in) (LeCun et al. 1998).
    static Init lecunNormal() {
        return (r, s, f) -> Draw.normal(r, s, 0, Math.sqrt(1.0 / f.in));
    }

    /// U(low, high).
    static Init uniform(double low, double high) {
        return (r, s, f) -> Draw.fill(s, () -> low + (high - low) * r.nextFloat());
    }

    /// N(mean, std²).
    static Init normal(double mean, double std) {
        return (r, s, f) -> Draw.normal(r, s, mean, std);
    }

    /// N(0, σ²) without what lies beyond 2σ, σ such that the standard deviation of what remains is `std`.
    static Init truncatedNormal(double std) {
        return (r, s, f) -> Draw.truncated(r, s, std);
    }

    /// Rows (or columns, if there are more rows) orthonormal, times `gain`; axes after the first count as one
    /// (Saxe et al., arXiv:1312.6120).
    static Init orthogonal(double gain) {
        return (r, s, f) -> Draw.orthogonal(r, s, gain);
    }

    /// One value everywhere.
    static Init constant(double value) {
        return (r, s, f) -> Draw.fill(s, () -> value);
    }

    /// Zeros.
    static Init zeros() {
        return constant(0);
    }

    /// By name, as configurations have it: `he-normal`, `xavier-uniform`, ….
    ///
    /// @throws IjenException if there is none of that name
    static Init of(String name) {
        return switch (name.toLowerCase(Locale.ROOT).replace('_', '-')) {
            case "xavier-uniform", "glorot-uniform" -> xavierUniform();
            case "xavier-normal", "glorot-normal", "xavier", "glorot" -> xavierNormal();
            case "he-uniform", "kaiming-uniform" -> heUniform();
            case "he-normal", "kaiming-normal", "he", "kaiming" -> heNormal();
            case "lecun-uniform" -> lecunUniform();
            case "lecun-normal", "lecun" -> lecunNormal();
            case "truncated-normal" -> truncatedNormal(0.02);
            case "orthogonal" -> orthogonal(1);
            case "zeros" -> zeros();
            default -> throw new IjenException(
                    "initialiser: no such name",
                    "'" + name + "'",
                    "he-normal, he-uniform, xavier-normal, xavier-uniform, lecun-normal, lecun-uniform, "
                            + "truncated-normal, orthogonal or zeros",
                    "choose one of them");
        };
    }
}
