package dev.ijen.nn;

import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;

/// Elementwise functions between layers, by the names configurations use. In code a closure does as well:
/// `Tensor::relu`.
public enum Activation implements Module {
    /// x.
    IDENTITY,
    /// max(x, 0).
    RELU,
    /// min(max(x, 0), 6).
    RELU6,
    /// x, or 0.01 · x where negative.
    LEAKY_RELU,
    /// x, or eˣ − 1 where negative.
    ELU,
    /// 1.0507 · elu with α = 1.67326 (Klambauer et al., arXiv:1706.02515).
    SELU,
    /// x · Φ(x).
    GELU,
    /// The tanh approximation of x · Φ(x).
    GELU_TANH,
    /// x · sigmoid(x).
    SILU,
    /// x · tanh(ln(1 + eˣ)).
    MISH,
    /// ln(1 + eˣ).
    SOFTPLUS,
    /// min(max(x + 3, 0), 6) / 6.
    HARD_SIGMOID,
    /// x · hardSigmoid(x).
    HARD_SWISH,
    /// 1 / (1 + e⁻ˣ).
    SIGMOID,
    /// Hyperbolic tangent.
    TANH,
    /// eˣ / Σ eˣ along the last axis.
    SOFTMAX,
    /// ln softmax along the last axis.
    LOG_SOFTMAX;

    @Override
    public Tensor apply(Tensor x) {
        return switch (this) {
            case IDENTITY -> x;
            case RELU -> x.relu();
            case RELU6 -> x.clip(0, 6);
            case LEAKY_RELU -> x.leakyRelu(0.01);
            case ELU -> x.elu(1);
            case SELU -> x.elu(1.6732632423543772).mul(1.0507009873554805);
            case GELU -> x.gelu();
            case GELU_TANH -> x.geluTanh();
            case SILU -> x.silu();
            case MISH -> x.mish();
            case SOFTPLUS -> x.softplus();
            case HARD_SIGMOID -> x.hardSigmoid();
            case HARD_SWISH -> x.hardSwish();
            case SIGMOID -> x.sigmoid();
            case TANH -> x.tanh();
            case SOFTMAX -> x.softmax();
            case LOG_SOFTMAX -> x.logSoftmax();
        };
    }

    /// By name, case and hyphens aside: `relu`, `leaky-relu`.
    ///
    /// @throws IjenException if there is none of that name
    public static Activation of(String name) {
        var wanted = name.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(values())
                .filter(a -> a.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IjenException(
                        "activation: no such name",
                        "'" + name + "'",
                        String.join(", ", Arrays.stream(values()).map(a -> a.name().toLowerCase(Locale.ROOT)).toList()),
                        "choose one of them"));
    }
}
