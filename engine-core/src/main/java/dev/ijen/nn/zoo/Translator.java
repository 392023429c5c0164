package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.engine.State;
import dev.ijen.nn.AttentionMemory;
import dev.ijen.nn.Chain;
import dev.ijen.nn.CrossBlock;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.Embedding;
import dev.ijen.nn.Init;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.nn.TransformerBlock;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import dev.ijen.tensor.Where;
import java.util.ArrayList;
import java.util.List;

/// A transformer that writes a text for a text (Vaswani et al., arXiv:1706.03762; normalised before each part): an encoder reads, a decoder
/// writes and looks at what the encoder made of it. As a module: tokens [N, S + T], a text of at most S tokens filled up with `padding`,
/// then the beginning of its answer, to logits [N, T, vocabulary] of the answer's next tokens. Both halves and the head share one table of
/// tokens.
///
/// @param spec sizes; `layers` of each half, `length` S
/// @param answer most tokens of an answer, T
/// @param padding the symbol that fills texts up, which nothing looks at
/// @param tokens a vector for each symbol
/// @param positions a vector for each position of a text, then of an answer, or null where positions are rotary
/// @param encoder blocks that read
/// @param read norm of what they give
/// @param decoder blocks that write
/// @param norm before the head
/// @param dropout of the embedded tokens, or null
public record Translator(
        EncoderSpec spec, int answer, int padding, Embedding tokens, Embedding positions, Chain encoder, LayerNorm read,
        List<CrossBlock> decoder, LayerNorm norm, Dropout dropout) implements Module {
    /// Copies the list.
    public Translator {
        decoder = List.copyOf(decoder);
    }

    /// With first weights from N(0, 0.02²).
    public static Translator of(Engine engine, EncoderSpec spec, int answer, int padding) {
        int c = spec.features();
        var init = Init.normal(0, Encoder.STD);
        var tokens = Embedding.of(engine, spec.vocabulary(), c, init);
        var positions = spec.rotary().isPresent() ? null : Embedding.of(engine, spec.length() + answer, c, init);
        var encoder = Encoder.blocks(engine, spec);
        var decoder = new ArrayList<CrossBlock>();
        for (int i = 0; i < spec.layers(); i++) {
            decoder.add(CrossBlock.of(engine, spec.attention(), spec.hidden(), spec.dropout()));
        }
        return new Translator(
                spec, answer, padding, tokens, positions, encoder, LayerNorm.of(engine, c), decoder,
                LayerNorm.of(engine, c), spec.dropout() == 0 ? null : Dropout.of(engine, spec.dropout()));
    }

    @Override
    public Tensor apply(Tensor ids) {
        int s = spec.length();
        int t = ids.shape().rank() == 2 ? ids.shape().dim(1) - s : 0;
        if (t < 1 || t > answer) {
            throw new IjenException("translator: tokens do not fit", "tokens" + ids.shape(),
                    "tokens[N, " + s + " + T] with T from 1 to " + answer,
                    "fill the text up to " + s + " tokens, and cut the answer");
        }
        var text = ids.slice(1, 0, s);
        var lengths = lengths(text);
        var context = read(text, lengths);
        var x = embedded(ids.slice(1, s, t), s);
        for (int i = 0; i < decoder.size(); i++) {
            var block = decoder.get(i);
            var in = x;
            x = Where.layer("decoder." + i, () -> block.apply(in, context, lengths));
        }
        return tokens.scores(Probe.apply("norm", norm, x));
    }

    /// Where only padding follows in texts [N, S]: [N].
    private Tensor lengths(Tensor text) {
        var shape = text.shape();
        var place = Tensor.iota(0, Shape.of(shape.dim(1))).cast(DType.I32).add(1).broadcast(shape);
        return text.cast(DType.I32).ne(padding).where(place, Tensor.full(DType.I32, 0, shape)).max(1);
    }

    /// What the decoder looks at, [N, S, C].
    private Tensor read(Tensor text, Tensor lengths) {
        var x = embedded(text, 0);
        int i = 0;
        for (var block : encoder.modules()) {
            var in = x;
            x = Where.layer("encoder." + i++, () -> ((TransformerBlock) block).apply(in, lengths));
        }
        return Probe.apply("read", read, x);
    }

    private Tensor embedded(Tensor ids, int first) {
        var x = Probe.apply("tokens", tokens, ids);
        if (positions != null) {
            var place = Tensor.iota(0, Shape.of(ids.shape().dim(1))).cast(DType.I32).add(first);
            x = x.add(positions.apply(place));
        }
        return dropout == null ? x : dropout.apply(x);
    }

    /// What is kept while `n` answers are written: for each block keys and values of the answer so far, then those of the text; at last
    /// the texts' lengths.
    public List<State> memory(Engine engine, int n) {
        var all = new ArrayList<State>();
        for (var block : decoder) {
            all.addAll(List.of(AttentionMemory.of(engine, block.attention().spec(), n, answer)));
            all.addAll(List.of(AttentionMemory.of(engine, block.cross().spec(), n, spec.length())));
        }
        all.add(engine.zeros("lengths", DType.I32, Shape.of(n)));
        return all;
    }

    /// Reads texts [N, S] into a memory; gives their lengths.
    public Tensor begin(Tensor text, List<State> memory) {
        var lengths = lengths(text);
        var context = read(text, lengths);
        for (int i = 0; i < decoder.size(); i++) {
            var cross = decoder.get(i).cross();
            memory.get(4 * i + 2).set(cross.keys(context).cast(DType.F32));
            memory.get(4 * i + 3).set(cross.values(context).cast(DType.F32));
        }
        memory.getLast().set(lengths);
        return lengths;
    }

    /// Logits [N, vocabulary] behind one more token of each answer.
    ///
    /// @param ids that token, whole numbers [N, 1]
    /// @param memory from [#memory], after [#begin]
    /// @param position of the token in the answer, a scalar
    /// @param from answer each one goes on from, [N], all of the same text; null for itself
    public Tensor next(Tensor ids, List<State> memory, Tensor position, Tensor from) {
        var x = tokens.apply(ids);
        if (positions != null) {
            x = x.add(positions.apply(position.cast(DType.I32).add(spec.length()).reshape(1)));
        }
        var lengths = memory.getLast().get();
        for (int i = 0; i < decoder.size(); i++) {
            var own = new AttentionMemory(memory.get(4 * i), memory.get(4 * i + 1), position, from);
            x = decoder.get(i).next(x, own, memory.get(4 * i + 2).get().cast(x.dtype()),
                    memory.get(4 * i + 3).get().cast(x.dtype()), lengths);
        }
        return tokens.scores(norm.apply(x)).select(1, 0);
    }
}
