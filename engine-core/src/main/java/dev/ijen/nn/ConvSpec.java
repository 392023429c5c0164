package dev.ijen.nn;

import static dev.ijen.nn.Padding.spread;

import dev.ijen.tensor.IjenException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// What a convolution looks like. Start from [#of] and change what differs.
///
/// @param in channels in
/// @param out channels out
/// @param size window extents, one for each of one to three spatial axes
/// @param stride steps between windows
/// @param padding what is put around
/// @param dilation steps between the elements of a window
/// @param groups channel groups that do not see each other; `in` groups make it depthwise
/// @param bias with a number added to each channel
/// @param init how the weights start
public record ConvSpec(
        int in,
        int out,
        List<Integer> size,
        List<Integer> stride,
        Padding padding,
        List<Integer> dilation,
        int groups,
        boolean bias,
        Init init) {

    /// Checks that channels and groups fit.
    public ConvSpec {
        int rank = size.size();
        if (rank < 1 || rank > 3 || in < 1 || out < 1 || groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IjenException(
                    "conv: not possible",
                    "in " + in + ", out " + out + ", groups " + groups + ", window " + size,
                    "1 to 3 spatial axes; in and out multiples of groups",
                    "choose channels that groups divide");
        }
        stride = spread("stride", rank, stride);
        dilation = spread("dilation", rank, dilation);
        padding = padding.forRank(rank);
    }

    /// Stride 1, no padding, no dilation, one group, a bias, He's uniform initialisation.
    public static ConvSpec of(int rank, int in, int out, int size) {
        var one = List.of(1);
        return new ConvSpec(in, out, Collections.nCopies(rank, size), one, Padding.valid(), one, 1, true,
                Init.heUniform());
    }

    /// With other window extents, one for each spatial axis.
    public ConvSpec withSize(int... extents) {
        return new ConvSpec(in, out, list(extents), stride, padding, dilation, groups, bias, init);
    }

    /// With steps between windows.
    public ConvSpec withStride(int... steps) {
        return new ConvSpec(in, out, size, list(steps), padding, dilation, groups, bias, init);
    }

    /// With padding.
    public ConvSpec withPadding(Padding around) {
        return new ConvSpec(in, out, size, stride, around, dilation, groups, bias, init);
    }

    /// With gaps in the window.
    public ConvSpec withDilation(int... steps) {
        return new ConvSpec(in, out, size, stride, padding, list(steps), groups, bias, init);
    }

    /// With channel groups.
    public ConvSpec withGroups(int count) {
        return new ConvSpec(in, out, size, stride, padding, dilation, count, bias, init);
    }

    /// With or without bias.
    public ConvSpec withBias(boolean added) {
        return new ConvSpec(in, out, size, stride, padding, dilation, groups, added, init);
    }

    /// With another initialisation.
    public ConvSpec withInit(Init start) {
        return new ConvSpec(in, out, size, stride, padding, dilation, groups, bias, start);
    }

    private static List<Integer> list(int... values) {
        return Arrays.stream(values).boxed().toList();
    }

    /// Weight extents [a, b, window..].
    int[] weightDims(int a, int b) {
        var d = new int[size.size() + 2];
        d[0] = a;
        d[1] = b;
        for (int i = 0; i < size.size(); i++) {
            d[i + 2] = size.get(i);
        }
        return d;
    }
}
