package dev.ijen.data;

import dev.ijen.tensor.IjenException;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Which examples an epoch visits, in which order: a function of seed and epoch alone.
@FunctionalInterface
public interface Sampler {
    /// The indices of one epoch.
    int[] order(long seed, long epoch);

    /// Every example once, in the dataset's order.
    static Sampler sequential(int size) {
        return (seed, epoch) -> IntStream.range(0, size).toArray();
    }

    /// Every example once, in another random order each epoch.
    static Sampler shuffled(int size) {
        return (seed, epoch) -> {
            int[] all = IntStream.range(0, size).toArray();
            new SeededRandom(seed, epoch).shuffle(all);
            return all;
        };
    }

    /// As many draws as there are examples, equally many of every class that occurs. Small classes repeat (every
    /// example of a class is drawn once before any is drawn again), large ones are cut.
    static Sampler balanced(int[] classes) {
        var shares = new double[Arrays.stream(classes).max().orElse(-1) + 1];
        for (int c : classes) {
            shares[c] = 1;
        }
        return weighted(classes, shares, classes.length);
    }

    /// `count` draws an epoch whose classes have the given shares (relative to each other) up to rounding.
    ///
    /// @param classes of the examples
    /// @param shares by class, at least 0
    static Sampler weighted(int[] classes, double[] shares, int count) {
        double sum = 0;
        for (double s : shares) {
            if (!(s >= 0 && s < Double.POSITIVE_INFINITY)) {
                throw bad(shares, "shares of at least 0");
            }
            sum += s;
        }
        var members = new int[shares.length][];
        for (int c = 0; c < shares.length; c++) {
            int wanted = c;
            members[c] = IntStream.range(0, classes.length)
                    .filter(i -> classes[i] == wanted)
                    .toArray();
            if (members[c].length == 0 && shares[c] > 0) {
                throw bad(shares, "no share for class " + c + ", which has no examples");
            }
        }
        if (count > 0 && !(sum > 0)) {
            throw bad(shares, "a share above 0");
        }
        int[] quotas = quotas(shares, sum, count);
        return (seed, epoch) -> {
            var all = new int[count];
            int at = 0;
            for (int c = 0; c < members.length; c++) {
                int[] round = members[c].clone();
                var random = new SeededRandom(seed, epoch, 1 + c);
                for (int k = 0; k < quotas[c]; k++) {
                    if (k % round.length == 0) {
                        random.shuffle(round);
                    }
                    all[at++] = round[k % round.length];
                }
            }
            new SeededRandom(seed, epoch).shuffle(all);
            return all;
        };
    }

    private static int[] quotas(double[] shares, double sum, int count) {
        var quotas = new int[shares.length];
        double owed = 0;
        int last = 0;
        int given = 0;
        for (int c = 0; c < shares.length; c++) {
            if (shares[c] > 0) {
                owed += count * shares[c] / sum;
                quotas[c] = (int) Math.round(owed) - given;
                given += quotas[c];
                last = c;
            }
        }
        if (count > 0) {
            quotas[last] += count - given;
        }
        return quotas;
    }

    private static IjenException bad(double[] shares, String expected) {
        return new IjenException("sampler: bad shares", Arrays.toString(shares), expected,
                "check the classes and their shares");
    }
}
