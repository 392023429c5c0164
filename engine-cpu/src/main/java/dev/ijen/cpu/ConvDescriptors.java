package dev.ijen.cpu;

import dev.ijen.spi.Kernel.ConvPass;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Primitive descriptors of a convolution or its input's gradient, cut into pieces.
///
/// @param runs by size of piece
/// @param filter layout of the filter in these
/// @param reorders from the filter as it lies in memory to that layout, a part of the output channels each; none if
///     they are the same
record ConvDescriptors(Map<ConvPiece, Long> runs, long filter, List<Reorder> reorders) {
    /// Output channels that are brought to the primitives' layout by one task. A multiple of all blocks there are.
    private static final int CHANNELS = 64;

    /// @param pd primitive descriptor
    /// @param from layout in memory, the first of these channels at the start
    /// @param channel first channel
    /// @param to part of the whole filter in the primitives' layout
    record Reorder(long pd, long from, int channel, long to) {}

    /// Null if oneDNN has only slow implementations.
    static ConvDescriptors of(DnnlScope scope, ConvProblem p, List<ConvPiece> pieces, Epilogue epilogue) {
        var runs = new HashMap<ConvPiece, Long>();
        long filter = 0;
        for (var piece : pieces) {
            var size = piece.size();
            if (!runs.containsKey(size)) {
                long pd = primitive(scope, p.part(size), size.images(), filter == 0 ? p.anyFilter(scope) : filter,
                        epilogue);
                if (pd == 0 || !Dnnl.isFast(pd, p.dtype())) {
                    return null;
                }
                runs.put(size, pd);
                filter = filter == 0 ? scope.query(pd, Dnnl.dnnl_query_weights_md) : filter;
            }
        }
        return new ConvDescriptors(runs, filter, reorders(scope, p, filter));
    }

    private static long primitive(DnnlScope scope, ConvProblem p, int images, long filter, Epilogue epilogue) {
        long x = p.x(scope, images);
        long y = p.y(scope, images);
        if (p.pass() == ConvPass.FORWARD) {
            long bias = epilogue.bias() < 0 ? 0 : p.bias(scope);
            return scope.descriptor(
                    Dnnl.convForward(x, filter, bias, y, p.steps(), epilogue.attributes(scope, p, images)));
        }
        long hint = scope.descriptor(Dnnl.convForward(x, p.anyFilter(scope), y, p.steps()));
        return hint == 0 ? 0 : scope.descriptor(Dnnl.convInputGradient(x, filter, y, p.steps(), hint));
    }

    private static List<Reorder> reorders(DnnlScope scope, ConvProblem p, long filter) {
        long user = p.w(scope);
        if (Dnnl.equal(user, filter)) {
            return List.of();
        }
        var parts = parts(scope, p, filter);
        return parts != null ? parts
                : List.of(new Reorder(scope.descriptor(Dnnl.reorder(user, filter)), user, 0, filter));
    }

    /// Null if the filter is small or can't be brought over in parts.
    private static List<Reorder> parts(DnnlScope scope, ConvProblem p, long filter) {
        if (p.groups() > 1 || p.k() % CHANNELS != 0 || p.k() * p.filterCount() < 1 << 15) {
            return null;
        }
        var parts = new ArrayList<Reorder>();
        long from = p.withChannels(CHANNELS).w(scope);
        for (int k = 0; k < p.k(); k += CHANNELS) {
            long to = scope.part(filter, p.withChannels(CHANNELS).filterDims(), p.channelOffset(k));
            long pd = to == 0 ? 0 : scope.descriptor(Dnnl.reorder(from, to));
            if (pd == 0) {
                return null;
            }
            parts.add(new Reorder(pd, from, k, to));
        }
        return parts;
    }
}
