package dev.ijen.train.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Lines over steps as inline SVG; its colours come from the page's style, so it follows light and dark.
///
/// @param title above it
/// @param lines at least one point in all
/// @param logarithmic whether equal ratios are equal distances
/// @param mark a step to point out; NaN for none
public record Chart(String title, List<Series> lines, boolean logarithmic, double mark) {
    // about the size it is shown at, so that its letters are as large as those around it
    static final int W = 360;
    static final int H = 220;
    private static final int LEFT = 46;
    private static final int RIGHT = 10;
    private static final int TOP = 8;
    private static final int BOTTOM = 36;

    /// Copies the list.
    public Chart {
        lines = List.copyOf(lines);
    }

    private record Range(double from, double to) {
        double part(double v) {
            return to == from ? 0.5 : (v - from) / (to - from);
        }
    }

    /// The lines that are drawn.
    List<Series> shown() {
        return lines.stream().filter(s -> s.x().length > 0).map(Series::thinned).toList();
    }

    String svg() {
        var shown = shown();
        return shown.isEmpty() ? ""
                : "<figure><figcaption>" + Html.escape(title) + "</figcaption>"
                        + Html.format("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", W, H,
                                Html.escape(title))
                        + drawing(shown) + "</svg>" + legend(shown) + "</figure>";
    }

    /// What is within the picture, W × H.
    String drawing(List<Series> shown) {
        var xs = range(shown.stream().map(Series::x).toList());
        var raw = range(shown.stream().map(s -> scaled(s.y())).toList());
        double pad = (raw.to - raw.from) * 0.05;
        // a line that stays at one value is drawn halfway up, with an axis of its own size
        double around = raw.from == 0 ? 0.5 : Math.abs(raw.from) / 2;
        var ys = pad == 0 ? new Range(raw.from - around, raw.to + around) : new Range(raw.from - pad, raw.to + pad);
        var s = new StringBuilder();
        grid(s, xs, ys, "step");
        if (!Double.isNaN(mark)) {
            double x = x(xs, mark);
            s.append(Html.format(
                    "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"><title>best weights: step %.0f</title></line>",
                    x, x, TOP, H - BOTTOM, mark));
        }
        for (var line : shown) {
            line(s, line, xs, ys);
        }
        return s.toString();
    }

    private String legend(List<Series> shown) {
        var s = new StringBuilder("<div class=\"legend\">");
        for (var line : shown) {
            s.append("<span><i class=\"").append(line.style()).append("\"></i>").append(Html.escape(line.name()))
                    .append("</span>");
        }
        if (!Double.isNaN(mark)) {
            s.append(Html.format("<span><i class=\"mark\"></i>best weights, step %,.0f</span>", mark));
        }
        return s.append("</div>").toString();
    }

    private double[] scaled(double[] y) {
        return logarithmic ? Arrays.stream(y).map(v -> v > 0 ? Math.log10(v) : Double.NaN).toArray() : y;
    }

    private static Range range(List<double[]> values) {
        double from = Double.POSITIVE_INFINITY;
        double to = Double.NEGATIVE_INFINITY;
        for (var all : values) {
            for (double v : all) {
                if (Double.isFinite(v)) {
                    from = Math.min(from, v);
                    to = Math.max(to, v);
                }
            }
        }
        return from > to ? new Range(0, 1) : new Range(from, to);
    }

    private static double x(Range r, double v) {
        return LEFT + r.part(v) * (W - LEFT - RIGHT);
    }

    private static double y(Range r, double v) {
        return H - BOTTOM - r.part(v) * (H - TOP - BOTTOM);
    }

    private void grid(StringBuilder s, Range xs, Range ys, String below) {
        for (double v : logarithmic ? decades(ys) : ticks(ys, 5)) {
            double at = y(ys, v);
            double shown = logarithmic ? Math.pow(10, v) : v;
            s.append(Html.format("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, W - RIGHT,
                    at, at));
            s.append(Html.format("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, at + 4,
                    tick(shown)));
        }
        for (double v : ticks(xs, 5)) {
            s.append(Html.format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>", x(xs, v), H - 21,
                    tick(v)));
        }
        s.append(Html.format("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", (LEFT + W - RIGHT) / 2, H - 5,
                below));
        s.append(Html.format("<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>", LEFT, W - RIGHT,
                H - BOTTOM, H - BOTTOM));
    }

    private static String tick(double v) {
        double a = Math.abs(v);
        if (a >= 1000) {
            return a >= 1e6 ? Html.format("%.3gM", v / 1e6) : Html.format("%.4gk", v / 1e3).replaceAll("\\.?0+k$", "k");
        }
        if (a > 0 && a < 0.0005) {
            return Html.format("%.1e", v).replaceAll("\\.?0*e-0?", "e-");
        }
        var text = Html.format("%.4f", v);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }

    /// 1, 2 and 5 times powers of ten, or where that is too many, powers of ten; as logarithms.
    private static List<Double> decades(Range r) {
        var digits = r.to - r.from > 2.5 ? new double[] {1} : r.to - r.from > 0.7 ? new double[] {1, 2, 5}
                : new double[] {1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9};
        var all = new ArrayList<Double>();
        for (double p = Math.floor(r.from); p <= r.to; p++) {
            for (double d : digits) {
                double v = p + Math.log10(d);
                if (v >= r.from && v <= r.to) {
                    all.add(v);
                }
            }
        }
        // within a small part of a decade, round numbers as on a linear axis
        return all.size() < 2
                ? ticks(new Range(Math.pow(10, r.from), Math.pow(10, r.to)), 4).stream().map(Math::log10).toList()
                : all;
    }

    /// Round numbers within a range, about as many as asked for.
    private static List<Double> ticks(Range r, int about) {
        double span = r.to - r.from;
        if (!(span > 0)) {
            return List.of(r.from);
        }
        double rough = span / about;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double share = rough / power;
        double step = (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10) * power;
        var all = new ArrayList<Double>();
        for (double k = Math.ceil(r.from / step); k * step <= r.to + step * 1e-9; k++) {
            all.add(k * step + 0.0); // no minus before 0
        }
        return all;
    }

    private void line(StringBuilder s, Series line, Range xs, Range ys) {
        var y = scaled(line.y());
        var path = new StringBuilder();
        boolean pen = false;
        for (int i = 0; i < y.length; i++) {
            if (!Double.isFinite(y[i])) {
                pen = false;
                continue;
            }
            path.append(Html.format("%s%.1f %.1f", pen ? "L" : "M", x(xs, line.x()[i]), y(ys, y[i])));
            pen = true;
        }
        s.append("<path class=\"s ").append(line.style()).append("\" d=\"").append(path).append("\"/>");
        if (y.length > 60 || line.style().contains("thin") && y.length > 1) {
            return;
        }
        for (int i = 0; i < y.length; i++) {
            if (Double.isFinite(y[i])) {
                s.append(Html.format(
                        "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s, step %.0f: %s</title></circle>",
                        line.style(), x(xs, line.x()[i]), y(ys, y[i]), Html.escape(line.name()), line.x()[i],
                        Html.number(line.y()[i])));
            }
        }
    }

    /// Points of truth against prediction, with the line where they are equal.
    static String scatter(String title, double[] truth, double[] predicted) {
        var r = range(List.of(truth, predicted));
        var c = new Chart(title, List.of(), false, Double.NaN);
        var s = new StringBuilder("<figure><figcaption>" + Html.escape(title) + "</figcaption>");
        s.append(Html.format("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", W, H, Html.escape(title)));
        c.grid(s, r, r, "truth");
        s.append(Html.format("<line class=\"mark\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", x(r, r.from),
                y(r, r.from), x(r, r.to), y(r, r.to)));
        for (int i = 0; i < truth.length; i++) {
            s.append(Html.format("<circle class=\"cloud\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>", x(r, truth[i]),
                    y(r, predicted[i])));
        }
        return s.append("</svg><div class=\"legend\">prediction upwards; on the line it is the truth</div></figure>")
                .toString();
    }
}
