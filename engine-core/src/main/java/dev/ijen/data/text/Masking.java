package dev.ijen.data.text;

import dev.ijen.engine.Engine;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Tensor;

/// Which tokens are hidden from a network that is to tell them (Devlin et al., arXiv:1810.04805): a share of all is chosen; of these 80 %
/// become the mask, 10 % any token, 10 % stay.
///
/// @param share chosen
/// @param mask the symbol that hides
/// @param first symbol that may take a token's place; those before it are marks
/// @param symbols all, marks included
public record Masking(double share, int mask, int first, int symbols) {
    static final double HIDDEN = 0.8;
    static final double CHANGED = 0.9;

    /// Checks the numbers.
    public Masking {
        if (!(share > 0 && share <= 1) || first >= symbols || mask < 0 || mask >= symbols) {
            throw new IjenException("masking: not possible",
                    "share " + share + ", mask " + mask + ", first " + first + ", symbols " + symbols,
                    "0 < share ≤ 1, mask and first below symbols", "0.15 is the usual share");
        }
    }

    /// Tokens as the network sees them, and what it is to tell.
    ///
    /// @param x with some hidden, I32 [N, T]
    /// @param labels the tokens that stood at chosen places, −1 elsewhere, I32 [N, T]
    public record Masked(Tensor x, Tensor labels) {}

    /// Hides tokens [N, T], others in every run of a step: by the engine's counter-based generator.
    public Masked apply(Engine engine, Tensor tokens) {
        int[] dims = tokens.shape().dims();
        var chosen = engine.uniform(dims).lt(share);
        var how = engine.uniform(dims);
        // the product may round up to the number of symbols
        var other = engine.uniform(dims).mul(symbols - first).floor().minimum(symbols - first - 1).add(first)
                .cast(DType.I32);
        var hidden = Tensor.full(DType.I32, mask, tokens.shape());
        var changed = how.lt(HIDDEN).where(hidden, how.lt(CHANGED).where(other, tokens));
        return new Masked(chosen.where(changed, tokens),
                chosen.where(tokens, Tensor.full(DType.I32, -1, tokens.shape())));
    }
}
