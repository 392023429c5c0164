package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Dropout;
import dev.ijen.nn.Embedding;
import dev.ijen.nn.Init;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Module;
import dev.ijen.nn.Probe;
import dev.ijen.nn.TransformerBlock;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import dev.ijen.tensor.Tensor;
import java.util.ArrayList;

/// A language model that says which token stands at each place, from those on both sides (Devlin et al., arXiv:1810.04805; normalised
/// before each part, as in Xiong et al., arXiv:2002.04745): tokens [N, T], T ≤ length, to logits [N, T, vocabulary]. The head is the
/// transposed table of tokens.
///
/// @param spec sizes
/// @param tokens a vector for each symbol
/// @param positions a vector for each position, or null where positions are rotary
/// @param blocks one after the other
/// @param norm before the head
/// @param bias of each symbol
/// @param dropout of the embedded tokens, or null
public record Encoder(
        EncoderSpec spec, Embedding tokens, Embedding positions, Chain blocks, LayerNorm norm, Parameter bias,
        Dropout dropout) implements Module {
    static final double STD = 0.02;

    /// With first weights from N(0, 0.02²).
    public static Encoder of(Engine engine, EncoderSpec spec) {
        int c = spec.features();
        var init = Init.normal(0, STD);
        return new Encoder(
                spec, Embedding.of(engine, spec.vocabulary(), c, init),
                spec.rotary().isPresent() ? null : Embedding.of(engine, spec.length(), c, init),
                blocks(engine, spec), LayerNorm.of(engine, c),
                engine.parameter("bias", HostTensor.zeros(DType.F32, Shape.of(spec.vocabulary()))),
                spec.dropout() == 0 ? null : Dropout.of(engine, spec.dropout()));
    }

    static Chain blocks(Engine engine, EncoderSpec spec) {
        var all = new ArrayList<TransformerBlock>();
        for (int i = 0; i < spec.layers(); i++) {
            all.add(TransformerBlock.of(engine, spec.attention(), spec.hidden(), spec.dropout()));
        }
        return Chain.of(all);
    }

    @Override
    public Tensor apply(Tensor ids) {
        int t = ids.shape().rank() == 2 ? ids.shape().dim(1) : 0;
        if (t < 1 || t > spec.length()) {
            throw new IjenException("encoder: tokens do not fit", "tokens" + ids.shape(),
                    "tokens[N, T] with T from 1 to " + spec.length(), "cut the text into windows");
        }
        var x = Probe.apply("tokens", tokens, ids);
        if (positions != null) {
            x = x.add(positions.apply(Tensor.iota(0, Shape.of(t)).cast(DType.I32)));
        }
        x = dropout == null ? x : dropout.apply(x);
        var y = Probe.apply("norm", norm, Probe.apply("blocks", blocks, x));
        var z = tokens.scores(y);
        return z.add(bias.get().cast(z.dtype()));
    }
}
