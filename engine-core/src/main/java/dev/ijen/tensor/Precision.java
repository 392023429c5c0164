package dev.ijen.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// In which types a step computes what is written in F32. Weights, optimizer states and losses are F32 under all of them.
///
/// Under a *mixed* policy (BF16, F16; Micikevicius et al., arXiv:1710.03740) the operands of matrix products and convolutions are
/// cast to the short type, sums are accumulated in F32, and what is computed from the results stays short until an operation
/// needs F32: softmax, cross-entropy, sums, exponentials and logarithms, statistics of norms, losses. [Mixed] holds the list.
public enum Precision {
    /// Everything in F32, products too: no TF32.
    F32,
    /// F32, but a device may round the operands of products and convolutions to TF32 (10 bits of fraction) where that is faster.
    TF32,
    /// Mixed, with bfloat16: the range of F32, 8 bits of precision.
    BF16,
    /// Mixed, with binary16: 11 bits of precision, at most 65504. Losses are scaled so that small gradients do not vanish.
    F16;

    /// The name in options and configurations.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// All names: `f32, tf32, bf16, f16`.
    public static String labels() {
        return Arrays.stream(values()).map(Precision::label).collect(Collectors.joining(", "));
    }

    /// By name.
    ///
    /// @throws IjenException if there is none of that name
    public static Precision parse(String name) {
        return Arrays.stream(values())
                .filter(p -> p.label().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IjenException(
                        "precision: no such name", "'" + name + "'", "one of " + labels(), "choose one of them"));
    }

    /// True where products are computed in a short type.
    public boolean isMixed() {
        return this == BF16 || this == F16;
    }

    /// True where losses are scaled: F16, whose gradients would vanish otherwise.
    public boolean scalesLoss() {
        return this == F16;
    }

    /// The type of the operands of products: F32, BF16 or F16.
    public DType operands() {
        return switch (this) {
            case F32, TF32 -> DType.F32;
            case BF16 -> DType.BF16;
            case F16 -> DType.F16;
        };
    }

    /// The policy of the step that is being traced on this thread; F32 outside of one.
    public static Precision current() {
        var t = Trace.current();
        return t == null ? F32 : t.precision();
    }

    /// Under a mixed policy, F16 and BF16 as F32: before sums whose digits matter, and losses. Otherwise x as it is.
    public static Tensor wide(Tensor x) {
        boolean half = x.dtype() == DType.F16 || x.dtype() == DType.BF16;
        return half && current().isMixed() ? x.cast(DType.F32) : x;
    }

    /// Under a mixed policy, F32 as the short type: an activation to be kept. Otherwise x as it is.
    public static Tensor activation(Tensor x) {
        return x.dtype() == DType.F32 ? x.cast(current().operands()) : x;
    }
}
