package dev.ijen.projection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Against scikit-learn 1.2.1 on points that follow a formula.
class ProjectionTest {
    private static final int N = 150;
    private static final int D = 8;

    private static double[][] points() {
        var x = new double[N][D];
        for (int i = 0; i < N; i++) {
            for (int d = 0; d < D; d++) {
                x[i][d] = Math.sin(0.7 * (i + 1) * (d + 1)) + Math.cos(1.3 * i + d * d) * 0.5 + (i % 5 == d ? 3 : 0);
            }
        }
        return x;
    }

    @Test
    void principalComponentsAreScikitLearns() {
        var x = points();
        var pca = Pca.fit(x, 3);
        assertArrayEquals(new double[] {2.8837151107425685, 2.550707048663117, 2.3695792346726168}, pca.variance(),
                1e-9);
        double[][] expected = {{2.9798279652467063, -1.5572845126107489, -1.703341543670906},
            {2.624896805050008, -0.028774161275430876, 1.6131273159869748},
            {-2.485649249346387, -1.3370769467149948, -2.345602188673513}};
        var y = pca.project(x);
        for (int k = 0; k < 3; k++) {
            double sign = Math.signum(y[0][k] * expected[0][k]);
            for (int i = 0; i < 3; i++) {
                assertEquals(expected[i][k], sign * y[i][k], 1e-8);
            }
        }
        assertEquals(0.8329701952723536, trustworthiness(x, Pca.fit(x, 2).project(x), 7), 1e-9);
    }

    /// scikit-learn's exact t-SNE with the same perplexity and start: 0.9535, and 96 % of the 7 nearest of the same class.
    @Test
    void neighboursStayNeighbours() {
        var x = points();
        var y = Tsne.of(x, 15);
        double trust = trustworthiness(x, y, 7);
        assertTrue(trust >= 0.9435, "trustworthiness " + trust);
        int same = 0;
        for (int i = 0; i < N; i++) {
            for (int j : nearest(y, i).subList(0, 7)) {
                same += j % 5 == i % 5 ? 1 : 0;
            }
        }
        assertTrue(same >= 0.94 * 7 * N, same + " of " + 7 * N);
        assertArrayEquals(y[17], Tsne.of(x, 15)[17], "the same picture again");
    }

    /// 1 − 2 / (N k (2 N − 3 k − 1)) Σᵢ Σⱼ (rank(i, j) − k), over those j that are neighbours only in the plane (Venna and Kaski 2001).
    private static double trustworthiness(double[][] x, double[][] y, int k) {
        double sum = 0;
        for (int i = 0; i < N; i++) {
            var before = nearest(x, i);
            for (int j : nearest(y, i).subList(0, k)) {
                sum += Math.max(0, before.indexOf(j) + 1 - k);
            }
        }
        return 1 - 2.0 / (N * k * (2.0 * N - 3 * k - 1)) * sum;
    }

    private static List<Integer> nearest(double[][] x, int i) {
        return IntStream.range(0, x.length).filter(j -> j != i).boxed()
                .sorted(Comparator.comparingDouble(j -> IntStream.range(0, x[i].length)
                        .mapToDouble(d -> Math.pow(x[i][d] - x[j][d], 2)).sum()))
                .toList();
    }

    @Test
    void neighboursByCosine() {
        double[][] x = {{1, 0}, {2, 0.1}, {0, 1}, {-1, 0}, {0, 0}};
        var near = Neighbours.of(x, 0, 3);
        assertEquals(List.of(1, 2, 4), near.stream().map(Neighbours.Near::index).toList());
        assertEquals(2 / Math.sqrt(4.01), near.getFirst().cosine(), 1e-12);
        assertEquals(-1, Neighbours.cosine(x[0], x[3]));
    }

    @Test
    void pictures() {
        var s = new Scatter("a & b", new double[][] {{0, 0}, {1, 1}, {2, 0}}, new int[] {0, 1, 0}, List.of("x", "<y>"));
        var svg = s.svg();
        assertEquals(5, svg.split("<circle", -1).length - 1, "three points and two of the legend");
        assertTrue(svg.contains("a &amp; b") && svg.contains("&lt;y&gt;"));
        var png = s.png();
        assertEquals(Shape.of(594, 710, 3), png.shape());
        // both classes' colours are there
        var colours = IntStream.range(0, 594 * 710).mapToObj(i -> Arrays.asList(png.get(3L * i), png.get(3L * i + 1),
                png.get(3L * i + 2))).distinct().count();
        assertTrue(colours > 10, colours + " colours");
    }

    @Test
    void tooFewExamples() {
        assertThrows(IjenException.class, () -> Pca.fit(new double[][] {{1, 2}}, 1));
        assertThrows(IjenException.class, () -> Tsne.of(new double[3][2], 5));
    }
}
