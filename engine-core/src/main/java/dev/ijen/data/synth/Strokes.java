package dev.ijen.data.synth;

import java.util.ArrayList;
import java.util.List;

/// How people write the ten digits: for each several variants, each of one or more strokes, each through a few points.
/// A table entry lists points `x,y` in hundredths of the digit's box, y downwards; `!` marks a corner, `|` lifts the
/// pen.
final class Strokes {
    private static final String[][] TABLE = {
        {
            "52,2 22,16 10,50 20,84 50,98 80,84 90,50 78,16 50,3 40,6",
            "66,8 40,3 16,26 12,62 34,96 66,94 88,64 84,26 60,4",
            "40,4 14,36 18,78 46,99 78,82 88,44 70,10 34,6 26,14",
            "50,0 26,22 22,54 28,84 50,100 72,84 78,50 72,18 46,2",
        },
        {
            "50,0 50,50 50,100",
            "56,0 50,46 46,100",
            "28,26 40,16 54,2! 54,50 53,100",
            "22,30 52,0! 52,98 | 22,99 50,98 82,98",
            "38,14 52,1! 50,60 48,100",
        },
        {
            "12,26 24,7 52,0 78,14 78,38 54,66 12,97! 50,95 90,97",
            "14,20 36,2 68,4 80,26 66,52 34,82 14,96 8,86 22,78 48,90 70,98 94,90",
            "10,12 50,0 80,12 74,40 44,66 8,92! 40,90 88,92",
            "20,30 22,8 54,0 82,20 70,46 40,74 16,92 30,94 60,88 92,94",
            "8,18 40,4 74,12 72,42 40,72 18,90 16,98 34,96 90,98",
        },
        {
            "14,12 44,0 78,12 74,36 42,47! 78,56 86,80 54,99 12,88",
            "12,4 46,3 82,3! 62,24 42,42! 76,52 84,80 52,100 10,90",
            "18,16 50,0 80,18 66,40 38,46 68,52 88,74 64,98 28,98 10,86",
            "20,8 56,2 76,22 54,44! 82,60 80,88 46,100 12,94",
            "14,18 40,2 72,10 70,34 44,46 38,48 70,54 82,78 54,98 18,96",
        },
        {
            "24,4 18,32 12,56! 50,57 92,52 | 70,2 67,50 63,100",
            "66,0 38,32 8,64! 50,64 95,62 | 68,30 67,64 66,100",
            "20,2 14,34 26,54 56,52 78,30 | 82,0 74,50 66,100",
            "68,0 36,34 8,60! 52,61 92,58! | 70,2 69,50 68,100",
            "22,6 14,40 24,58 60,54 82,40 | 84,4 80,50 76,98",
            "60,2 34,28 12,56 20,64 56,60 94,56 | 66,34 60,66 56,100",
        },
        {
            "82,3 54,4 30,5! 24,28 21,44! 48,36 80,48 84,78 52,100 12,89",
            "28,6 24,26 20,46! 46,38 78,50 82,80 50,100 10,90 | 27,6 58,5 90,2",
            "80,4 46,3 24,20 38,42 72,56 78,82 46,100 14,91",
            "84,2 32,4! 22,40! 56,40 82,62 70,92 36,100 12,92",
            "76,4 36,6! 26,36 22,46 52,42 78,62 68,94 24,98",
        },
        {
            "72,2 40,20 16,54 20,87 50,100 82,84 78,60 50,51 20,68",
            "52,0 24,42 14,78 40,100 74,90 72,64 44,58 18,78",
            "66,0 38,24 20,60 30,92 60,98 80,78 64,58 36,64 22,80",
            "80,8 50,4 22,34 14,70 36,98 72,92 76,64 50,54 20,70",
            "40,0 24,36 20,74 42,98 70,88 66,66 42,66 22,84",
        },
        {
            "8,8 48,5 90,4! 62,48 42,100",
            "8,10 48,6 88,6! 64,48 44,100 | 30,52 54,50 78,48",
            "10,22 12,6! 50,6 88,6! 66,40 50,100",
            "12,4 50,10 86,4! 70,36 58,66 54,100",
            "10,14 30,4 60,10 88,4 72,40 46,98",
            "14,18 18,5! 86,3! 60,50 36,98 | 36,54 72,46",
        },
        {
            "78,14 50,0 22,14 34,38 70,60 82,82 50,100 18,82 32,60 68,38 78,14",
            "52,46 24,30 28,6 54,0 76,14 70,36 46,48 20,68 24,92 52,100 80,88 76,62 50,46",
            "70,10 40,2 24,20 46,42 76,66 68,94 38,98 22,80 42,56 70,30 66,8",
            "50,0 28,10 26,32 50,46 74,32 72,10 50,0 | 50,46 22,60 20,88 50,100 80,88 78,60 50,46",
            "84,8 52,2 26,16 44,42 74,64 70,92 40,100 22,84 46,52 76,24 84,10",
        },
        {
            "78,18 50,2 22,18 24,42 50,52 76,34 80,14! 78,50 68,100",
            "72,10 40,4 20,28 38,50 68,40 76,12! 74,50 72,100",
            "80,24 56,2 24,14 22,40 48,52 74,38 82,18 80,56 64,94 34,99 18,88",
            "68,6 34,8 22,34 44,50 70,34 72,8 70,60 60,100",
            "82,14 50,2 20,24 34,48 66,42 82,16! 60,60 42,100",
        },
    };

    private static final int STEPS = 8;
    private static final Variant[][] VARIANTS = parse();

    private Strokes() {}

    /// One way to write a digit.
    ///
    /// @param points of all strokes
    /// @param corner whether the pen turns sharply there
    /// @param lift whether the pen is lifted after it
    record Variant(double[][] points, boolean[] corner, boolean[] lift) {}

    /// The ways to write a digit.
    static Variant[] of(int digit) {
        return VARIANTS[digit];
    }

    private static Variant[][] parse() {
        var all = new Variant[TABLE.length][];
        for (int d = 0; d < TABLE.length; d++) {
            all[d] = new Variant[TABLE[d].length];
            for (int v = 0; v < TABLE[d].length; v++) {
                all[d][v] = parse(TABLE[d][v]);
            }
        }
        return all;
    }

    private static Variant parse(String text) {
        String[] words = text.replace(" |", "|").split(" ", -1);
        var points = new double[words.length][];
        var corner = new boolean[words.length];
        var lift = new boolean[words.length];
        for (int i = 0; i < words.length; i++) {
            corner[i] = words[i].contains("!");
            lift[i] = words[i].contains("|");
            String[] xy = words[i].replace("!", "").replace("|", "").split(",", -1);
            points[i] = new double[] {Integer.parseInt(xy[0]) / 100.0, Integer.parseInt(xy[1]) / 100.0};
        }
        lift[words.length - 1] = true;
        return new Variant(points, corner, lift);
    }

    /// Polylines along smooth curves (Catmull and Rom's) through the points, one for each stroke.
    static List<double[][]> trace(Variant v, double[][] points) {
        var strokes = new ArrayList<double[][]>();
        var line = new ArrayList<double[]>();
        int start = 0;
        for (int i = 0; i < points.length; i++) {
            if (!v.lift[i] && !v.corner[i]) {
                continue;
            }
            // a smooth piece from `start` to `i`; a corner ends it, and the next begins there
            for (int k = start; k < i; k++) {
                double[] a = points[Math.max(start, k - 1)];
                double[] b = points[k];
                double[] c = points[k + 1];
                double[] d = points[Math.min(i, k + 2)];
                for (int s = 0; s < STEPS; s++) {
                    line.add(spline(a, b, c, d, (double) s / STEPS));
                }
            }
            start = i;
            if (v.lift[i]) {
                line.add(points[i]);
                strokes.add(line.toArray(new double[0][]));
                line.clear();
                start = i + 1;
            }
        }
        return strokes;
    }

    private static double[] spline(double[] a, double[] b, double[] c, double[] d, double t) {
        var p = new double[2];
        for (int k = 0; k < 2; k++) {
            p[k] = 0.5
                    * (2 * b[k]
                            + (c[k] - a[k]) * t
                            + (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * t * t
                            + (3 * b[k] - a[k] - 3 * c[k] + d[k]) * t * t * t);
        }
        return p;
    }
}
