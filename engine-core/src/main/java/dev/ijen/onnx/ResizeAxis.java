package dev.ijen.onnx;

/// How one axis is resized: which elements, with which weights, make each element of the result.
///
/// @param in extent of the input
/// @param out extent of the result
/// @param scale result by input; with a scale given, out is the whole part of in · scale
/// @param coordinates coordinate_transformation_mode
/// @param from start of the region, as a share of the input
/// @param to end of the region
/// @param mode nearest, linear or cubic
record ResizeAxis(int in, int out, double scale, String coordinates, double from, double to, String mode,
        String nearest,
        double a, boolean excludeOutside, boolean antialias) {

    /// Place in the input that element i of the result shows.
    private double origin(int i) {
        double wide = scale * in;
        return switch (coordinates) {
            case "align_corners" -> wide == 1 ? 0 : i * (in - 1) / (wide - 1);
            case "asymmetric" -> i / scale;
            case "tf_half_pixel_for_nn" -> (i + 0.5) / scale;
            case "tf_crop_and_resize" ->
                    (wide == 1 ? (to - from) * (in - 1) / 2 : i * (to - from) * (in - 1) / (wide - 1))
                            + from * (in - 1);
            case "pytorch_half_pixel" -> wide == 1 ? -0.5 : (i + 0.5) / scale - 0.5;
            case "half_pixel_symmetric" -> in / 2.0 * (1 - out / wide) + (i + 0.5) / scale - 0.5;
            default -> (i + 0.5) / scale - 0.5;
        };
    }

    /// True if element i shows a place outside of the input.
    boolean outside(int i) {
        double x = origin(i);
        return x < 0 || x > in - 1;
    }

    private double small() {
        return antialias ? Math.min(scale, 1) : 1;
    }

    /// Place of the first tap before the element left of the origin, 0 or less.
    private int first() {
        return switch (mode) {
            case "nearest" -> 0;
            case "cubic" -> (int) Math.floor(-2 / small()) + 1;
            default -> (int) Math.floor(-1 / small()) + 1;
        };
    }

    /// Elements that make one.
    int taps() {
        return mode.equals("nearest") ? 1 : 2 - 2 * first();
    }

    /// Indices and weights of element i of the result.
    void at(int i, int[][] index, double[][] weight) {
        double x = origin(i);
        double left = Math.floor(x);
        if (mode.equals("nearest")) {
            index[0][i] = (int) Math.clamp(pick(x, left), 0, in - 1);
            weight[0][i] = 1;
            return;
        }
        // the element left of x: a whole x is the right one's, with ratio 1
        double ratio = x - left;
        if (ratio == 0) {
            ratio = 1;
            left--;
        }
        double sum = 0;
        double inside = 0;
        int n = taps();
        for (int k = 0; k < n; k++) {
            int offset = first() + k;
            double w = kernel(Math.abs(small() * (offset - ratio)));
            long p = (long) left + offset;
            boolean out = p < 0 || p >= in;
            sum += w;
            inside += out ? 0 : w;
            weight[k][i] = out && excludeOutside ? 0 : w;
            index[k][i] = Math.clamp(p, 0, in - 1);
        }
        double by = excludeOutside ? inside : antialias ? sum : 1;
        for (int k = 0; k < n; k++) {
            weight[k][i] /= by;
        }
    }

    private double pick(double x, double left) {
        return switch (nearest) {
            case "floor" -> left;
            case "ceil" -> Math.ceil(x);
            case "round_prefer_ceil" -> Math.floor(x + 0.5);
            default -> Math.ceil(x - 0.5);
        };
    }

    private double kernel(double d) {
        if (!mode.equals("cubic")) {
            return Math.max(0, 1 - d);
        }
        return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }
}
