package dev.ijen.projection;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Which vectors point in a similar direction.
public final class Neighbours {
    private Neighbours() {}

    /// An example and its cosine.
    ///
    /// @param index of the example
    /// @param cosine from −1 to 1
    public record Near(int index, double cosine) {}

    /// The nearest rows of [N][D] to row `index`, itself left out, nearest first.
    public static List<Near> of(double[][] x, int index, int count) {
        return IntStream.range(0, x.length).filter(i -> i != index)
                .mapToObj(i -> new Near(i, cosine(x[index], x[i])))
                .sorted(Comparator.comparingDouble((Near n) -> -n.cosine).thenComparingInt(Near::index))
                .limit(count).toList();
    }

    /// a · b / (|a| |b|); 0 if one of them is 0.
    public static double cosine(double[] a, double[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int k = 0; k < a.length; k++) {
            ab += a[k] * b[k];
            aa += a[k] * a[k];
            bb += b[k] * b[k];
        }
        return aa == 0 || bb == 0 ? 0 : ab / Math.sqrt(aa * bb);
    }
}
