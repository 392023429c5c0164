package dev.ijen.projection;

/// Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5).
///
/// @param values greatest first
/// @param vectors those of each value as a row, of length 1
record SymmetricEigen(double[] values, double[][] vectors) {
    private static final int SWEEPS = 60;
    private static final double SMALL = 1e-14;

    static SymmetricEigen of(double[][] matrix) {
        int n = matrix.length;
        var a = new double[n][];
        var v = new double[n][n];
        for (int i = 0; i < n; i++) {
            a[i] = matrix[i].clone();
            v[i][i] = 1;
        }
        for (int sweep = 0; sweep < SWEEPS && !diagonal(a); sweep++) {
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    rotate(a, v, p, q);
                }
            }
        }
        var order = java.util.stream.IntStream.range(0, n).boxed()
                .sorted(java.util.Comparator.comparingDouble(i -> -a[i][i])).mapToInt(Integer::intValue).toArray();
        var values = new double[n];
        var vectors = new double[n][];
        for (int k = 0; k < n; k++) {
            values[k] = a[order[k]][order[k]];
            vectors[k] = v[order[k]];
        }
        return new SymmetricEigen(values, vectors);
    }

    private static boolean diagonal(double[][] a) {
        double off = 0;
        double all = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                off += i == j ? 0 : a[i][j] * a[i][j];
                all += a[i][j] * a[i][j];
            }
        }
        return off <= SMALL * SMALL * all;
    }

    /// Turns rows and columns p and q so that a[p][q] becomes 0.
    private static void rotate(double[][] a, double[][] v, int p, int q) {
        if (a[p][q] == 0) {
            return;
        }
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double c = 1 / Math.sqrt(t * t + 1);
        double s = t * c;
        turn(a[p], a[q], c, s);
        for (var row : a) {
            double x = row[p];
            double y = row[q];
            row[p] = c * x - s * y;
            row[q] = s * x + c * y;
        }
        turn(v[p], v[q], c, s);
    }

    private static void turn(double[] x, double[] y, double c, double s) {
        for (int k = 0; k < x.length; k++) {
            double a = x[k];
            x[k] = c * a - s * y[k];
            y[k] = s * a + c * y[k];
        }
    }
}
