package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.nn.AttentionSpec;
import dev.ijen.nn.Embedding;
import dev.ijen.nn.Init;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Linear;
import dev.ijen.nn.TransformerBlock;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;

/// A small transformer over the words of a prompt: words [N, T] (I32, 0 for none, all at the end) → [N, features], the mean over words.
///
/// @param words a vector a word
/// @param positions a vector a place, [T, features]
/// @param block between words
/// @param norm at the end
/// @param out of the mean
public record PromptEncoder(
        Embedding words, Parameter positions, TransformerBlock block, LayerNorm norm, Linear out) {
    private static final int HEADS = 4;

    /// An encoder with fresh weights.
    ///
    /// @param vocabulary number of words, that for none included
    /// @param length most words of a prompt
    /// @param features a multiple of 4
    public static PromptEncoder of(Engine engine, int vocabulary, int length, int features) {
        var shape = Shape.of(length, features);
        var small = Init.normal(0, 0.1);
        return new PromptEncoder(
                Embedding.of(engine, vocabulary, features),
                engine.parameter("prompt.positions",
                        small.create(engine.hostRandom(), shape, new Init.Fan(1, features))),
                TransformerBlock.of(engine, AttentionSpec.of(features, HEADS), 2 * features, 0),
                LayerNorm.of(engine, features),
                Linear.of(engine, features, features));
    }

    /// What the prompts mean, [N, features].
    ///
    /// @param tokens I32 [N, T], the first of each a word
    public Tensor apply(Tensor tokens) {
        var there = tokens.gt(0).cast(DType.F32);
        var lengths = there.sum(1).cast(DType.I32);
        var x = words.apply(tokens).add(positions.get());
        var y = norm.apply(block.apply(x, lengths));
        int n = tokens.shape().dim(0);
        var mean = y.mul(there.reshape(n, there.shape().dim(1), 1)).sum(1)
                .div(there.sum(1).reshape(n, 1));
        return out.apply(mean);
    }
}
