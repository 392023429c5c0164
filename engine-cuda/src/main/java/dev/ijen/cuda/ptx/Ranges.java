package dev.ijen.cuda.ptx;

/// Which blocks of a launch work on which of several regions.
///
/// @param points of each region
/// @param firstBlock of each region, and one more: the number of all blocks
record Ranges(int[] points, int[] firstBlock) {
    /// Steps of a thread; fixed, because the text holds the table and must not depend on the device.
    private static final int STEPS = 4;

    static Ranges of(int[] points, int lanes) {
        var first = new int[points.length + 1];
        for (int i = 0; i < points.length; i++) {
            first[i + 1] = first[i] + Math.ceilDiv(points[i], lanes * STEPS * Layout.THREADS);
        }
        return new Ranges(points, first);
    }

    int blocks(int region) {
        return firstBlock[region + 1] - firstBlock[region];
    }

    int allBlocks() {
        return firstBlock[points.length];
    }
}
