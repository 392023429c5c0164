package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Window;
import dev.ijen.tensor.DType;
import java.util.Arrays;
import java.util.List;

/// A convolution in oneDNN's terms: dimensions are (batch, channels, spatial…), the filter's ([groups,] output, input
/// channels, window…), whatever the order in memory.
record ConvProblem(
        DType dtype, ConvPass pass, int n, int c, int k, int groups, long[] in, long[] out, long[] size,
        Dnnl.Steps steps) {

    static ConvProblem of(Kernel.Conv conv) {
        Window w = conv.window();
        int rank = w.rank();
        var steps = new Dnnl.Steps(longs(w.stride()), longs(w.dilation()), longs(w.padLow()), new long[rank]);
        long[] in = longs(w.in());
        long[] out = longs(w.out());
        long[] size = longs(w.size());
        for (int i = 0; i < rank; i++) {
            long reach = (out[i] - 1) * steps.strides()[i] + (size[i] - 1) * steps.dilations()[i] + 1;
            steps.padHigh()[i] = reach - in[i] - steps.padLow()[i];
            steps.dilations()[i]--; // oneDNN counts what lies between
        }
        return new ConvProblem(conv.dtype(), conv.pass(), conv.n(), conv.c(), conv.k(), conv.groups(), in, out, size,
                steps);
    }

    private static long[] longs(List<Integer> l) {
        return l.stream().mapToLong(Integer::longValue).toArray();
    }

    private static long product(long[] v) {
        long p = 1;
        for (long d : v) {
            p *= d;
        }
        return p;
    }

    /// The same convolution with other output channels.
    ConvProblem withChannels(int channels) {
        return new ConvProblem(dtype, pass, n, c, channels, groups, in, out, size, steps);
    }

    /// The convolution of one piece.
    ConvProblem part(ConvPiece piece) {
        long[] pieceIn = in.clone();
        long[] pieceOut = out.clone();
        pieceIn[0] = piece.ins();
        pieceOut[0] = piece.outs();
        long[] low = steps.padLow().clone();
        long[] high = steps.padHigh().clone();
        low[0] = piece.padLow();
        high[0] = piece.padHigh();
        var pieceSteps = new Dnnl.Steps(steps.strides(), steps.dilations(), low, high);
        return new ConvProblem(dtype, pass, n, c, k, groups, pieceIn, pieceOut, size, pieceSteps);
    }

    /// Elements of the filter of one output channel.
    long filterCount() {
        return product(size) * c / groups;
    }

    /// Elements of one image of x.
    long xImage() {
        return product(in) * c;
    }

    /// Elements of one image of y.
    long yImage() {
        return product(out) * k;
    }

    /// Descriptor of `images` images of x, channels last.
    long x(DnnlScope scope, int images) {
        return channelsLast(scope, images, c, in);
    }

    /// Descriptor of `images` images of y, channels last.
    long y(DnnlScope scope, int images) {
        return channelsLast(scope, images, k, out);
    }

    /// Descriptor of a number for each output channel.
    long bias(DnnlScope scope) {
        return scope.strided(dtype, new long[] {k}, new long[] {1});
    }

    /// Descriptor of a number for each output channel, with as many axes as y.
    long channels(DnnlScope scope) {
        var dims = new long[out.length + 2];
        var strides = new long[out.length + 2];
        Arrays.fill(dims, 1);
        Arrays.fill(strides, k);
        dims[1] = k;
        strides[1] = 1;
        return scope.strided(dtype, dims, strides);
    }

    private long channelsLast(DnnlScope scope, int images, int channels, long[] spatial) {
        int rank = spatial.length;
        var dims = new long[rank + 2];
        var strides = new long[rank + 2];
        dims[0] = images;
        dims[1] = channels;
        strides[1] = 1;
        long step = channels;
        for (int i = rank - 1; i >= 0; i--) {
            dims[i + 2] = spatial[i];
            strides[i + 2] = step;
            step *= spatial[i];
        }
        strides[0] = step;
        return scope.strided(dtype, dims, strides);
    }

    /// Descriptor of the filter as it lies in memory: [k, window…, c / groups].
    long w(DnnlScope scope) {
        long[] dims = filterDims();
        var strides = new long[dims.length];
        int rank = size.length;
        int input = dims.length - rank - 1;
        long step = dims[input];
        strides[input] = 1;
        for (int i = rank - 1; i >= 0; i--) {
            strides[input + 1 + i] = step;
            step *= size[i];
        }
        strides[input - 1] = step;
        if (input == 2) {
            strides[0] = step * dims[1];
        }
        return scope.strided(dtype, dims, strides);
    }

    /// Descriptor of the filter in a layout of the primitive's choice.
    long anyFilter(DnnlScope scope) {
        return scope.any(dtype, filterDims());
    }

    /// Descriptor of an F32 filter in a layout of the primitive's choice: sums over shares of a batch are F32.
    long anySum(DnnlScope scope) {
        return scope.any(DType.F32, filterDims());
    }

    /// Where output channel `k` begins in a filter of one group.
    long[] channelOffset(int k) {
        var offset = new long[2 + size.length];
        offset[0] = k;
        return offset;
    }

    long[] filterDims() {
        int first = groups == 1 ? 0 : 1;
        var dims = new long[first + 2 + size.length];
        dims[0] = groups;
        dims[first] = k / groups;
        dims[first + 1] = c / groups;
        System.arraycopy(size, 0, dims, first + 2, size.length);
        return dims;
    }
}
