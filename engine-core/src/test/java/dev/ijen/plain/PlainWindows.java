package dev.ijen.plain;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Window;
import dev.ijen.tensor.HostTensor;
import java.util.List;

/// Convolution and pooling as plain loops.
final class PlainWindows {
    private PlainWindows() {}

    /// Visits one element of one window of one image.
    private interface Visit {
        /// @param p position of the window, in row-major order
        /// @param r position in the window, in row-major order
        /// @param x position in the image, in row-major order
        void at(int p, int r, int x);
    }

    private static void each(Window w, Visit v) {
        var g = w.to3d();
        int points = Window.product(g.out());
        int taps = Window.product(g.size());
        for (int p = 0; p < points; p++) {
            taps: for (int r = 0; r < taps; r++) {
                int x = 0;
                int pr = p;
                int rr = r;
                int scale = 1;
                for (int a = 2; a >= 0; a--) {
                    int i = pr % g.out().get(a) * g.stride().get(a)
                            - g.padLow().get(a)
                            + rr % g.size().get(a) * g.dilation().get(a);
                    if (i < 0 || i >= g.in().get(a)) {
                        continue taps;
                    }
                    x += i * scale;
                    scale *= g.in().get(a);
                    pr /= g.out().get(a);
                    rr /= g.size().get(a);
                }
                v.at(p, r, x);
            }
        }
    }

    static void conv(Kernel.Conv k, HostTensor a, HostTensor b, HostTensor o) {
        int pixels = Window.product(k.window().in());
        int points = Window.product(k.window().out());
        int taps = Window.product(k.window().size());
        int cg = k.c() / k.groups();
        int kg = k.k() / k.groups();
        var sum = new double[o.shape().size()];
        for (int n = 0; n < k.n(); n++) {
            int image = n;
            each(k.window(), (p, r, x) -> {
                for (int f = 0; f < k.k(); f++) {
                    for (int c = 0; c < cg; c++) {
                        int xi = (image * pixels + x) * k.c() + f / kg * cg + c;
                        int wi = (f * taps + r) * cg + c;
                        int yi = (image * points + p) * k.k() + f;
                        switch (k.pass()) {
                            case FORWARD -> sum[yi] += a.get(xi) * b.get(wi);
                            case INPUT_GRADIENT -> sum[xi] += a.get(yi) * b.get(wi);
                            case FILTER_GRADIENT -> sum[wi] += a.get(xi) * b.get(yi);
                        }
                    }
                }
            });
        }
        for (int i = 0; i < sum.length; i++) {
            o.set(i, sum[i]);
        }
    }

    static void pool(Kernel.Pool k, List<HostTensor> in, HostTensor o) {
        int pixels = Window.product(k.window().in());
        int points = Window.product(k.window().out());
        var a = in.getFirst();
        var sum = new double[o.shape().size()];
        for (int n = 0; n < k.n(); n++) {
            for (int c = 0; c < k.c(); c++) {
                int image = n;
                int channel = c;
                var best = new int[points];
                java.util.Arrays.fill(best, -1);
                each(k.window(), (p, r, x) -> {
                    int xi = (image * pixels + x) * k.c() + channel;
                    int yi = (image * points + p) * k.c() + channel;
                    switch (k.mode()) {
                        case SUM -> sum[yi] += a.get(xi);
                        case SUM_GRADIENT -> sum[xi] += a.get(yi);
                        case MAX, MAX_GRADIENT, MAX_PICK -> {
                            double v = a.get(xi);
                            double b = best[p] < 0 ? 0 : a.get(best[p]);
                            if (best[p] < 0 || (!Double.isNaN(b) && (Double.isNaN(v) || v > b))) {
                                best[p] = xi;
                            }
                        }
                    }
                });
                for (int p = 0; p < points; p++) {
                    int yi = (image * points + p) * k.c() + channel;
                    switch (k.mode()) {
                        case SUM, SUM_GRADIENT -> {}
                        case MAX -> sum[yi] = best[p] < 0 ? Double.NEGATIVE_INFINITY : a.get(best[p]);
                        case MAX_GRADIENT -> {
                            if (best[p] >= 0) {
                                sum[best[p]] += in.get(1).get(yi);
                            }
                        }
                        case MAX_PICK -> sum[yi] = best[p] < 0 ? 0 : in.get(1).get(best[p]);
                    }
                }
            }
        }
        for (int i = 0; i < sum.length; i++) {
            o.set(i, sum[i]);
        }
    }
}
