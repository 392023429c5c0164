package dev.ijen.cpu;

/// How the work of a Winograd convolution is cut. It depends on the sizes alone, so that a result does not depend on the number of threads.
///
/// Either chunks of tiles go through all steps, one a task, their points staying in the worker's cache; or, where there are few tiles and
/// large filters, all tiles take a step before the next one, and the products are shared out by points, so that each filter is read once.
///
/// @param chunk tiles of a chunk; in the second way all of them, or for the gradient of the filter as many as some memory holds
/// @param points points whose products are one task
record WinogradCut(int chunk, int points) {
    /// Bytes of the points of a chunk, inputs and outputs.
    private static final int CHUNK = 1200 << 10;
    private static final int LEAST = 32;
    private static final int CHUNKS = 8;
    /// The most memory that the points of tiles are given which take a step together.
    private static final int ROUND = 40 << 20;
    private static final int POINTS = 3;
    private static final int SHARES = 8;

    static WinogradCut of(WinogradShape s) {
        int fits = CHUNK / (4 * WinogradShape.POINTS * (s.c() + s.k()));
        int chunk = Math.max(LEAST, fits / 8 * 8);
        if (chunk * CHUNKS > s.tiles()) {
            return new WinogradCut(s.tiles(), POINTS);
        }
        return new WinogradCut(Math.ceilDiv(s.tiles(), Math.ceilDiv(s.tiles(), chunk)), WinogradShape.POINTS);
    }

    /// For the filter's gradient: in chunks only if its points fit a worker's cache, too.
    static WinogradCut ofFilter(WinogradShape s) {
        var cut = of(s);
        return 4 * s.filterCount() <= CHUNK / 2 && !cut.byPoints()
                ? cut
                : new WinogradCut(Math.clamp(ROUND / (4 * WinogradShape.POINTS * (s.c() + s.k())), 1, s.tiles()),
                        POINTS);
    }

    /// Into how many shares chunks go, each summed by one task.
    int shares(WinogradShape s) {
        return Math.clamp(Math.ceilDiv(s.tiles(), chunk) / 2, 1, SHARES);
    }

    boolean byPoints() {
        return points < WinogradShape.POINTS;
    }
}
