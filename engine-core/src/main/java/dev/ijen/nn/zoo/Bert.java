package dev.ijen.nn.zoo;

import dev.ijen.nn.Chain;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.Embedding;
import dev.ijen.nn.EncoderBlock;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.tensor.Contraction;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// BERT (Devlin et al., arXiv:1810.04805): tokens [N, T], T ≤ length, to features of each, [N, T, C]. [#pooled] makes one vector of a
/// sequence, [#masked] logits of what stands at each place.
///
/// @param words a vector for each symbol, [vocabulary, C]
/// @param positions a vector for each position, [length, C]
/// @param types a vector for the first and the second text, [2, C]
/// @param norm of their sum
/// @param blocks one after the other
/// @param pooler C → C for the first token, or null
/// @param head of masked words, or null
/// @param dropout of the embedded tokens, or null
/// @param padding the symbol that fills sequences up; tokens behind the last other one are not looked at. Negative for none
public record Bert(
        Embedding words, Embedding positions, Embedding types, LayerNorm norm, Chain blocks, Linear pooler, Masked head,
        Dropout dropout, int padding) implements Module {
    /// What makes logits of features: `norm(f(dense(x))) · wordsᵀ + bias`.
    ///
    /// @param dense C → C
    /// @param f between
    /// @param norm behind it
    /// @param bias of each symbol: a layer's without weights
    public record Masked(Linear dense, Activation f, LayerNorm norm, dev.ijen.engine.Parameter bias) {}

    /// Without the head of masked words, whose own memory is freed: to train the rest for something else.
    public Bert body() {
        if (head != null) {
            dev.ijen.engine.Cells.close(head);
        }
        return new Bert(words, positions, types, norm, blocks, pooler, null, dropout, padding);
    }

    /// Features of each token. The length of a sequence is where only padding follows; one text.
    @Override
    public Tensor apply(Tensor ids) {
        return apply(ids, null, padding < 0 ? null : lengths(ids));
    }

    private Tensor lengths(Tensor ids) {
        int t = ids.shape().dim(1);
        var place = Tensor.iota(0, Shape.of(t)).cast(DType.I32).add(1);
        return ids.cast(DType.I32).ne(padding)
                .where(place.broadcast(ids.shape()), Tensor.full(DType.I32, 0, ids.shape())).max(1);
    }

    /// Features of each token, [N, T, C].
    ///
    /// @param ids tokens [N, T]
    /// @param type 0 or 1 of each token, [N, T]: in the first or the second text; null for all in the first
    /// @param lengths of the sequences, [N]; null if all are whole
    public Tensor apply(Tensor ids, Tensor type, Tensor lengths) {
        int t = ids.shape().rank() == 2 ? ids.shape().dim(1) : 0;
        int most = positions.weight().shape().dim(0);
        if (t < 1 || t > most) {
            throw new IjenException("bert: tokens do not fit", "tokens" + ids.shape(),
                    "tokens[N, T] with T from 1 to " + most,
                    "cut the texts");
        }
        var kind = type == null ? Tensor.full(DType.I32, 0, Shape.of(1, 1)) : type;
        var x = words.apply(ids).add(positions.apply(Tensor.iota(0, Shape.of(t)).cast(DType.I32)))
                .add(types.apply(kind));
        x = Probe.apply("norm", norm, x);
        x = dropout == null ? x : dropout.apply(x);
        for (var b : blocks.modules()) {
            x = ((EncoderBlock) b).apply(x, lengths);
        }
        return x;
    }

    /// `tanh(pooler(features of the first token))`, [N, C], of what [#apply] gave; without a pooler, those features.
    public Tensor pooled(Tensor features) {
        var first = features.select(1, 0);
        return pooler == null ? first : pooler.apply(first).tanh();
    }

    /// Logits of the symbol at each place, [N, T, vocabulary], of what [#apply] gave.
    ///
    /// @throws IjenException if the model came without this head
    public Tensor masked(Tensor features) {
        if (head == null) {
            throw new IjenException("bert: no head for masked words", "a model without cls.predictions",
                    "a BertForMaskedLM",
                    "use its features");
        }
        var y = head.norm.apply(head.f.apply(head.dense.apply(features)));
        int c = y.shape().dim(2);
        var rows = y.reshape(y.shape().size() / c, c);
        var z = Contraction.MatMul.of(rows, false, words.weight().get().cast(rows.dtype()), true).add(head.bias.get());
        return z.reshape(y.shape().with(2, words.weight().shape().dim(0)));
    }
}
