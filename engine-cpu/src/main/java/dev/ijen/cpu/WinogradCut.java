package dev.ijen.cpu;

/// How the work of a Winograd convolution is cut. It depends on the sizes alone, so that a result does not depend on the number of threads.
///
/// Either chunks of tiles go through all steps, one a task, their points staying in the worker's cache; or, where there are few tiles and
/// large filters, all tiles take a step before the next one, and the products are shared out by points, so that each filter is read once.
///
/// @param chunk tiles of a chunk; all of them in the second way
/// @param points points whose products are one task
record WinogradCut(int chunk, int points) {
    /// Bytes of the points of a chunk, inputs and outputs.
    private static final int CHUNK = Integer.getInteger("wino.chunk", 1200 << 10);
    private static final int LEAST = Integer.getInteger("wino.least", 32);
    private static final int CHUNKS = Integer.getInteger("wino.chunks", 8);
    private static final int POINTS = 3;

    static WinogradCut of(WinogradShape s) {
        int fits = CHUNK / (4 * WinogradShape.POINTS * (s.c() + s.k()));
        int chunk = Math.max(LEAST, fits / 8 * 8);
        if (chunk * CHUNKS > s.tiles()) {
            return new WinogradCut(s.tiles(), POINTS);
        }
        return new WinogradCut(Math.ceilDiv(s.tiles(), Math.ceilDiv(s.tiles(), chunk)), WinogradShape.POINTS);
    }

    /// All tiles a step at a time.
    static WinogradCut steps(WinogradShape s) {
        return new WinogradCut(s.tiles(), POINTS);
    }

    boolean byPoints() {
        return points < WinogradShape.POINTS;
    }
}
