package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.nn.BatchNorm;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Conv;
import dev.ijen.nn.ConvSpec;
import dev.ijen.nn.Init;
import dev.ijen.nn.Module;
import dev.ijen.nn.Padding;

/// Convolution without bias, batch norm, activation: what most vision networks are made of.
final class ConvNorm {
    private ConvNorm() {}

    /// Padding (size − 1) / 2 on both sides: at stride 1 the output is as large as the input.
    ///
    /// @param after the activation; none for a linear block
    static Chain of(Engine engine, int in, int out, int size, int stride, int groups, Module... after) {
        var all = Chain.of(
                Conv.of(
                        engine,
                        ConvSpec.of(2, in, out, size)
                                .withStride(stride)
                                .withPadding(Padding.of((size - 1) / 2))
                                .withGroups(groups)
                                .withBias(false)
                                .withInit(Init.heUniform())),
                BatchNorm.of(engine, out));
        for (var m : after) {
            all = all.then(m);
        }
        return all;
    }
}
