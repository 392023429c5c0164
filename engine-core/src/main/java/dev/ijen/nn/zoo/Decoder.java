package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.engine.State;
import dev.ijen.nn.AttentionMemory;
import dev.ijen.nn.Chain;
import dev.ijen.nn.DecoderBlock;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.Embedding;
import dev.ijen.nn.Init;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Mlp;
import dev.ijen.nn.Module;
import dev.ijen.nn.MultiHeadAttention;
import dev.ijen.nn.RmsNorm;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A language model that says which token comes next (Radford et al. 2019; Touvron et al., arXiv:2302.13971): tokens [N, T], T ≤ length,
/// to logits [N, T, vocabulary]; those at t depend on tokens up to t alone.
///
/// @param spec sizes
/// @param tokens a vector for each symbol
/// @param positions a vector for each position, or null where positions are rotary
/// @param blocks one after the other
/// @param norm before the head
/// @param head C → vocabulary, or null where it is the transposed table of tokens
/// @param dropout of the embedded tokens, or null
public record Decoder(
        DecoderSpec spec, Embedding tokens, Embedding positions, Chain blocks, Module norm, Linear head,
        Dropout dropout) implements Module {
    private static final double STD = 0.02;

    /// With GPT-2's first weights: N(0, 0.02²), those that write into the residual stream divided by √(2 · layers).
    public static Decoder of(Engine engine, DecoderSpec spec) {
        int c = spec.features();
        var init = Init.normal(0, STD);
        var last = Init.normal(0, STD / Math.sqrt(2.0 * spec.layers()));
        var tokens = Embedding.of(engine, spec.vocabulary(), c, init);
        var positions = spec.rotary().isPresent() ? null : Embedding.of(engine, spec.length(), c, init);
        var blocks = new ArrayList<DecoderBlock>();
        for (int i = 0; i < spec.layers(); i++) {
            int projected = (spec.heads() + 2 * spec.kvHeads()) * (c / spec.heads());
            blocks.add(new DecoderBlock(
                    norm(engine, spec),
                    new MultiHeadAttention(
                            spec.attention(), Linear.of(engine, c, projected, init, !spec.llama()),
                            Linear.of(engine, c, c, last, !spec.llama())),
                    norm(engine, spec),
                    spec.llama() ? Mlp.SwiGlu.of(engine, c, spec.hidden(), init, last)
                            : Mlp.Gelu.of(engine, c, spec.hidden(), init, last),
                    dropout(engine, spec)));
        }
        return new Decoder(
                spec, tokens, positions, Chain.of(blocks), norm(engine, spec),
                spec.tied() ? null : Linear.of(engine, c, spec.vocabulary(), init, false), dropout(engine, spec));
    }

    private static Module norm(Engine engine, DecoderSpec spec) {
        return spec.llama() ? new RmsNorm(RmsNorm.of(engine, spec.features()).weight(), 1e-5)
                : LayerNorm.of(engine, spec.features());
    }

    private static Dropout dropout(Engine engine, DecoderSpec spec) {
        return spec.dropout() == 0 ? null : Dropout.of(engine, spec.dropout());
    }

    @Override
    public Tensor apply(Tensor ids) {
        int t = ids.shape().rank() == 2 ? ids.shape().dim(1) : 0;
        if (t < 1 || t > spec.length()) {
            throw new IjenException("decoder: tokens do not fit", "tokens" + ids.shape(),
                    "tokens[N, T] with T from 1 to " + spec.length(), "cut the text into windows");
        }
        var x = tokens.apply(ids);
        if (positions != null) {
            x = x.add(positions.apply(Tensor.iota(0, Shape.of(t)).cast(DType.I32)));
        }
        x = dropout == null ? x : dropout.apply(x);
        return head(blocks.apply(x));
    }

    /// Memory for `n` sequences: keys and values of each block in turn.
    public List<State> memory(Engine engine, int n) {
        var all = new ArrayList<State>();
        for (int i = 0; i < spec.layers(); i++) {
            all.addAll(List.of(AttentionMemory.of(engine, spec.attention(), n, spec.length())));
        }
        return all;
    }

    /// Logits [N, vocabulary] behind one more token of each sequence.
    ///
    /// @param ids that token, whole numbers [N, 1]
    /// @param memory from [#memory]
    /// @param position of the token, a scalar, at most length − 1
    /// @param from sequence each one goes on from, [N]; null for itself
    public Tensor next(Tensor ids, List<State> memory, Tensor position, Tensor from) {
        var x = tokens.apply(ids);
        if (positions != null) {
            x = x.add(positions.apply(position.reshape(1)));
        }
        int i = 0;
        for (var block : blocks.modules()) {
            x = ((DecoderBlock) block).next(
                    x, new AttentionMemory(memory.get(2 * i), memory.get(2 * i + 1), position, from));
            i++;
        }
        return head(x).select(1, 0);
    }

    private Tensor head(Tensor x) {
        var y = norm.apply(x);
        return head != null ? head.apply(y) : tokens.scores(y);
    }
}
