package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.engine.Parameter;
import dev.ijen.format.Llama2c;
import dev.ijen.nn.DecoderBlock;
import dev.ijen.nn.LayerNorm;
import dev.ijen.nn.Mlp;
import dev.ijen.nn.Module;
import dev.ijen.nn.RmsNorm;
import dev.ijen.tensor.HostTensor;
import java.util.OptionalDouble;

/// Llama models of files.
public final class Llama {
    private Llama() {}

    /// A decoder with a file's weights. In the file, features 2i and 2i + 1 of a head are turned together; here those of i and i + D / 2
    /// are, so rows of queries and keys are put into that order.
    public static Decoder of(Engine engine, Llama2c file) {
        var decoder = Decoder.of(engine, new DecoderSpec(
                file.symbols(), file.length(), file.dim(), file.layers(), file.heads(), file.kvHeads(), file.hidden(),
                true, OptionalDouble.of(10_000), 0, file.tied()));
        int c = file.dim();
        int head = c / file.heads();
        write(decoder.tokens().weight(), file, "token_embedding", 0);
        int layer = 0;
        for (var module : decoder.blocks().modules()) {
            var block = (DecoderBlock) module;
            var qkv = new float[block.attention().qkv().weight().shape().size()];
            int at = rotated(layer(file, "wq", layer), head, c, qkv, 0);
            at = rotated(layer(file, "wk", layer), head, c, qkv, at);
            var v = layer(file, "wv", layer);
            System.arraycopy(v, 0, qkv, at, v.length);
            write(block.attention().qkv().weight(), qkv);
            write(block.attention().out().weight(), file, "wo", layer);
            write(scale(block.attentionNorm()), file, "rms_att", layer);
            write(scale(block.mlpNorm()), file, "rms_ffn", layer);
            if (block.mlp() instanceof Mlp.SwiGlu mlp) {
                write(mlp.gate().weight(), file, "w1", layer);
                write(mlp.down().weight(), file, "w2", layer);
                write(mlp.up().weight(), file, "w3", layer);
            }
            layer++;
        }
        write(scale(decoder.norm()), file, "rms_final", 0);
        if (!file.tied()) {
            write(decoder.head().weight(), file, "wcls", 0);
        }
        return decoder;
    }

    private static Parameter scale(Module norm) {
        return norm instanceof RmsNorm r ? r.weight() : ((LayerNorm) norm).weight();
    }

    private static float[] layer(Llama2c file, String name, int layer) {
        var all = file.weights().get(name);
        int size = all.shape().size() / file.layers();
        return java.util.Arrays.copyOfRange(all.toFloatArray(), layer * size, (layer + 1) * size);
    }

    /// Rows of each head: first the even, then the odd ones. Returns where the next weights go.
    private static int rotated(float[] w, int head, int c, float[] to, int at) {
        int rows = w.length / c;
        for (int r = 0; r < rows; r++) {
            int in = r % head;
            int from = r - in + (in < head / 2 ? 2 * in : 2 * (in - head / 2) + 1);
            System.arraycopy(w, from * c, to, at + r * c, c);
        }
        return at + w.length;
    }

    private static void write(Parameter to, Llama2c file, String name, int layer) {
        var all = file.weights().get(name);
        boolean whole = all.shape().size() == to.shape().size();
        write(to, whole ? all.toFloatArray() : layer(file, name, layer));
    }

    private static void write(Parameter to, float[] values) {
        to.write(HostTensor.of(values, to.shape().dims()));
    }
}
