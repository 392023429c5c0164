package dev.ijen.cli;

import java.util.Arrays;

/// Times a piece of work.
final class Clock {
    private static final double SAMPLE_SECONDS = 2e-4;
    private static final int MOST_SAMPLES = 20_000;
    private static final double BLOCK_SECONDS = 0.1;
    private static final int LEAST_BLOCKS = 4;
    private static final int MOST_BLOCKS = 40;
    /// A block that is no faster than this share of the fastest before it shows that nothing changes any more.
    private static final double STEADY = 0.95;

    private Clock() {}

    /// Calls until calls become no faster: what the just-in-time compiler has still to translate may take seconds where other work keeps it waiting.
    static void warmUp(Runnable work) {
        double best = Double.POSITIVE_INFINITY;
        int steady = 0;
        for (int b = 0; b < MOST_BLOCKS && (b < LEAST_BLOCKS || steady < 2); b++) {
            double taken = best(work, BLOCK_SECONDS);
            steady = taken > STEADY * best ? steady + 1 : 0;
            best = Math.min(best, taken);
        }
    }

    /// Seconds of one call: warmed up for half of `budget`, then the median of samples until `budget` is over.
    static double median(Runnable work, double budget) {
        long from = System.nanoTime();
        long calls = 0;
        while (calls < 3 || seconds(from) < budget / 2) {
            work.run();
            calls++;
        }
        int batch = (int) Math.max(1, SAMPLE_SECONDS * calls / seconds(from));
        var samples = new double[MOST_SAMPLES];
        int n = 0;
        from = System.nanoTime();
        while (n < MOST_SAMPLES && (n < 5 || seconds(from) < budget / 2)) {
            long start = System.nanoTime();
            for (int i = 0; i < batch; i++) {
                work.run();
            }
            samples[n++] = seconds(start) / batch;
        }
        return median(Arrays.copyOf(samples, n));
    }

    /// Seconds of one call at best: the least of samples until `budget` is over. For what a machine can do, where other work on it only
    /// disturbs.
    static double best(Runnable work, double budget) {
        double least = Double.POSITIVE_INFINITY;
        int batch = 1;
        long from = System.nanoTime();
        for (int calls = 0; calls < 3 || seconds(from) < budget; calls++) {
            long start = System.nanoTime();
            for (int i = 0; i < batch; i++) {
                work.run();
            }
            double taken = seconds(start);
            least = Math.min(least, taken / batch);
            batch = taken < SAMPLE_SECONDS / 10 ? 2 * batch : batch;
        }
        return least;
    }

    static double median(double[] samples) {
        Arrays.sort(samples);
        int n = samples.length;
        return n % 2 == 1 ? samples[n / 2] : (samples[n / 2 - 1] + samples[n / 2]) / 2;
    }

    static double seconds(long since) {
        return (System.nanoTime() - since) * 1e-9;
    }
}
