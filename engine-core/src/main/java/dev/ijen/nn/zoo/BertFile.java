package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.nn.AttentionSpec;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.EncoderBlock;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Mlp;
import dev.ijen.nn.MultiHeadAttention;
import dev.ijen.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;

/// [Bert] out of a Hugging Face folder.
final class BertFile {
    private BertFile() {}

    /// @param pools whether there is a pooler: whoever tells masked words needs none
    static Bert of(Engine engine, HuggingFace config, Weights w, boolean pools) {
        config.only("position_embedding_type", "absolute");
        config.only("is_decoder", false);
        int c = config.size("hidden_size");
        int hidden = config.size("intermediate_size");
        int symbols = config.size("vocab_size");
        double eps = config.number("layer_norm_eps", 1e-12);
        double rate = config.number("hidden_dropout_prob", 0.1);
        var act = config.activation("hidden_act", "gelu");
        var spec = AttentionSpec.of(c, config.size("num_attention_heads"));
        var e = "embeddings.";
        var words = w.table(engine, e + "word_embeddings", symbols, c);
        var positions = w.table(engine, e + "position_embeddings", config.size("max_position_embeddings"), c);
        var types = w.table(engine, e + "token_type_embeddings", config.size("type_vocab_size"), c);
        var norm = w.norm(engine, e + "LayerNorm", c, eps);
        var blocks = new ArrayList<EncoderBlock>();
        for (int i = 0; i < config.size("num_hidden_layers"); i++) {
            var p = "encoder.layer." + i + ".";
            blocks.add(new EncoderBlock(
                    new MultiHeadAttention(spec, qkv(engine, w, p + "attention.self.", c),
                            w.linear(engine, p + "attention.output.dense", c, c)),
                    w.norm(engine, p + "attention.output.LayerNorm", c, eps),
                    new Mlp.Plain(w.linear(engine, p + "intermediate.dense", c, hidden), act,
                            w.linear(engine, p + "output.dense", hidden, c)),
                    w.norm(engine, p + "output.LayerNorm", c, eps),
                    rate == 0 ? null : Dropout.of(engine, rate)));
        }
        boolean masked = config.isFor("MaskedLM") || config.isFor("PreTraining");
        var t = "cls.predictions.transform.";
        return new Bert(words, positions, types, norm, Chain.of(blocks),
                pools ? w.linear(engine, "pooler.dense", c, c) : null,
                masked ? new Bert.Masked(w.linear(engine, t + "dense", c, c), act,
                        w.norm(engine, t + "LayerNorm", c, eps),
                        engine.parameter("cls.predictions.bias", w.get("cls.predictions.bias", symbols))) : null,
                rate == 0 ? null : Dropout.of(engine, rate), (int) config.number("pad_token_id", 0));
    }

    /// Queries, keys and values as one layer.
    private static Linear qkv(Engine engine, Weights w, String name, int c) {
        var weights = new float[3 * c * c];
        var biases = new float[3 * c];
        int at = 0;
        for (var part : List.of("query", "key", "value")) {
            System.arraycopy(w.get(name + part + ".weight", c, c).toFloatArray(), 0, weights, at * c * c, c * c);
            System.arraycopy(w.get(name + part + ".bias", c).toFloatArray(), 0, biases, at * c, c);
            at++;
        }
        Parameter weight = engine.parameter(name + "qkv", HostTensor.of(weights, 3 * c, c));
        return new Linear(weight, engine.parameter(name + "qkv", HostTensor.of(biases, 3 * c)));
    }
}
