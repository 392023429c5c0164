package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.DecoderBlock;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.Linear;
import dev.ijen.nn.Mlp;
import dev.ijen.nn.MultiHeadAttention;
import java.util.ArrayList;
import java.util.OptionalDouble;

/// GPT-2 (Radford et al. 2019) out of a Hugging Face folder.
final class Gpt2 {
    private Gpt2() {}

    static Decoder of(Engine engine, HuggingFace config, Weights w) {
        config.only("scale_attn_weights", true);
        config.only("scale_attn_by_inverse_layer_idx", false);
        config.only("add_cross_attention", false);
        int c = config.size("n_embd");
        int hidden = config.has("n_inner") ? config.size("n_inner") : 4 * c;
        int symbols = config.size("vocab_size");
        double eps = config.number("layer_norm_epsilon", 1e-5);
        double rate = config.number("resid_pdrop", 0.1);
        boolean tied = config.truth("tie_word_embeddings", true);
        var act = config.activation("activation_function", "gelu_new");
        int heads = config.size("n_head");
        var spec = new DecoderSpec(symbols, config.size("n_positions"), c, config.size("n_layer"), heads, heads, hidden,
                false,
                OptionalDouble.empty(), rate, tied);
        var tokens = w.table(engine, "wte", symbols, c);
        var positions = w.table(engine, "wpe", spec.length(), c);
        var blocks = new ArrayList<DecoderBlock>();
        for (int i = 0; i < spec.layers(); i++) {
            var p = "h." + i + ".";
            var norm = w.norm(engine, p + "ln_1", c, eps);
            var attention = new MultiHeadAttention(spec.attention(), w.turned(engine, p + "attn.c_attn", c, 3 * c),
                    w.turned(engine, p + "attn.c_proj", c, c));
            var mlpNorm = w.norm(engine, p + "ln_2", c, eps);
            var up = w.turned(engine, p + "mlp.c_fc", c, hidden);
            var down = w.turned(engine, p + "mlp.c_proj", hidden, c);
            blocks.add(new DecoderBlock(norm, attention, mlpNorm,
                    act == Activation.GELU_TANH ? new Mlp.Gelu(up, down) : new Mlp.Plain(up, act, down),
                    dropout(engine, rate)));
        }
        return new Decoder(spec, tokens, positions, Chain.of(blocks), w.norm(engine, "ln_f", c, eps),
                tied ? null : new Linear(engine.parameter("lm_head", w.get("lm_head.weight", symbols, c)), null),
                dropout(engine, config.number("embd_pdrop", 0.1)));
    }

    private static Dropout dropout(Engine engine, double rate) {
        return rate == 0 ? null : Dropout.of(engine, rate);
    }
}
