package dev.ijen.cpu;

import dev.ijen.spi.Kernel.ConvPass;

/// Primitive descriptors of a convolution that is cut into shards of some images.
///
/// @param full for a full shard
/// @param rest for the last one, 0 if it is full too
/// @param filter layout of the filter in these
/// @param reorder from the filter as it lies in memory to that layout (back for a gradient), 0 if they are the same
record ConvDescriptors(long full, long rest, long filter, long reorder) {
    /// Null if oneDNN has only a slow implementation.
    static ConvDescriptors of(DnnlScope scope, ConvProblem p, int images) {
        long full = primitive(scope, p, images, p.anyFilter(scope));
        if (full == 0 || Dnnl.implementation(full).startsWith("ref")) {
            return null;
        }
        int what =
                switch (p.pass()) {
                    case FORWARD, INPUT_GRADIENT -> Dnnl.dnnl_query_weights_md;
                    case FILTER_GRADIENT -> Dnnl.dnnl_query_diff_weights_md;
                };
        long filter = scope.query(full, what);
        int left = p.n() % images;
        long rest = left == 0 ? 0 : primitive(scope, p, left, filter);
        if (left != 0 && (rest == 0 || Dnnl.implementation(rest).startsWith("ref"))) {
            return null;
        }
        long user = p.w(scope);
        long reorder = 0;
        if (!Dnnl.equal(user, filter)) {
            boolean back = p.pass() == ConvPass.FILTER_GRADIENT;
            reorder = scope.descriptor(back ? Dnnl.reorder(filter, user) : Dnnl.reorder(user, filter));
        }
        return new ConvDescriptors(full, rest, filter, reorder);
    }

    private static long primitive(DnnlScope scope, ConvProblem p, int images, long filter) {
        long x = p.x(scope, images);
        long y = p.y(scope, images);
        return switch (p.pass()) {
            case FORWARD -> scope.descriptor(Dnnl.convForward(x, filter, y, p.steps()));
            case INPUT_GRADIENT -> {
                long hint = scope.descriptor(Dnnl.convForward(x, p.anyFilter(scope), y, p.steps()));
                yield hint == 0 ? 0 : scope.descriptor(Dnnl.convInputGradient(x, filter, y, p.steps(), hint));
            }
            case FILTER_GRADIENT -> {
                long hint = scope.descriptor(Dnnl.convForward(x, p.anyFilter(scope), y, p.steps()));
                yield hint == 0 ? 0 : scope.descriptor(Dnnl.convFilterGradient(x, filter, y, p.steps(), hint));
            }
        };
    }
}
