package dev.ijen.nn.zoo;

import dev.ijen.engine.Engine;
import dev.ijen.nn.Activation;
import dev.ijen.nn.Chain;
import dev.ijen.nn.Module;
import dev.ijen.nn.Residual;
import dev.ijen.nn.StochasticDepth;

/// The block of mobile networks (Sandler et al., arXiv:1801.04381): 1 × 1 to more channels, a depthwise convolution, 1 × 1 to few
/// channels without activation; the input is added where the shape stays.
///
/// @param in channels in
/// @param inside channels of the depthwise convolution; `in` for no expansion
/// @param out channels out
/// @param size window of the depthwise convolution
/// @param stride of the depthwise convolution
/// @param squeezed channels inside of squeeze-and-excite; 0 for none
/// @param activation after the first two convolutions
record InvertedResidual(int in, int inside, int out, int size, int stride, int squeezed, Activation activation) {
    /// @param inner activation inside of squeeze-and-excite
    /// @param gate its gate
    /// @param drop probability of leaving the block out in training
    Module create(Engine engine, Activation inner, Activation gate, double drop) {
        var body = inside == in ? Chain.of() : Chain.of(ConvNorm.of(engine, in, inside, 1, 1, 1, activation));
        body = body.then(ConvNorm.of(engine, inside, inside, size, stride, inside, activation));
        if (squeezed > 0) {
            body = body.then(SqueezeExcite.of(engine, inside, squeezed, inner, gate));
        }
        body = body.then(ConvNorm.of(engine, inside, out, 1, 1, 1));
        if (stride != 1 || in != out) {
            return body;
        }
        return Residual.of(drop == 0 ? body : body.then(StochasticDepth.of(engine, drop)));
    }

    /// The multiple of 8 nearest to `channels`, but not below nine tenths of it.
    static int round8(double channels) {
        int near = Math.max(8, (int) (channels + 4) / 8 * 8);
        return near < 0.9 * channels ? near + 8 : near;
    }
}
