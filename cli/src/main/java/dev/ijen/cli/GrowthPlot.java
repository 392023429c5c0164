package dev.ijen.cli;

import dev.ijen.cli.bench.Growth;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/// Step times as a drawing of its own, both axes logarithmic: what grows linearly, or with a power, is a straight line. The dashed line
/// has the slope of the work, drawn from the last measurement.
final class GrowthPlot {
    private static final int WIDTH = 300;
    private static final int HEIGHT = 230;
    private static final int LEFT = 52;
    private static final int TOP = 40;
    private static final int RIGHT = 14;
    private static final int BOTTOM = 40;

    private GrowthPlot() {}

    static String svg(List<Growth.Line> lines, String caption) {
        int columns = Math.min(3, lines.size());
        int rows = (lines.size() + columns - 1) / columns;
        var s = new StringBuilder();
        int height = rows * HEIGHT + 28;
        s.append(format("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="11">
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                """, columns * WIDTH, height, columns * WIDTH, height));
        for (int i = 0; i < lines.size(); i++) {
            s.append(format("<g transform=\"translate(%d %d)\">%n", i % columns * WIDTH, i / columns * HEIGHT));
            panel(s, lines.get(i));
            s.append("</g>\n");
        }
        s.append(format("<text x=\"8\" y=\"%d\" fill=\"#555555\">%s</text>%n</svg>%n", height - 9, escape(caption)));
        return s.toString();
    }

    private static void panel(StringBuilder s, Growth.Line line) {
        var points = line.points();
        double least = points.stream().mapToDouble(Growth.Point::seconds).min().orElseThrow() * 1e3;
        double most = points.stream().mapToDouble(Growth.Point::seconds).max().orElseThrow() * 1e3;
        int bottom = (int) Math.floor(Math.log10(least));
        int top = Math.max(bottom + 1, (int) Math.ceil(Math.log10(most)));
        double x0 = log2(points.getFirst().size());
        double x1 = log2(points.getLast().size());
        s.append(format("<text x=\"%d\" y=\"18\" font-size=\"12\" font-weight=\"bold\">%s</text>%n", LEFT - 40,
                escape(line.network())));
        s.append(format("<text x=\"%d\" y=\"32\" fill=\"#555555\">ms a step, by %s; dashed: %s^%.0f</text>%n",
                LEFT - 40, line.what(), line.what(), line.power()));
        for (int e = bottom; e <= top; e++) {
            double y = y(Math.pow(10, e), bottom, top);
            s.append(format("<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n", LEFT,
                    WIDTH - RIGHT, y, y));
            s.append(format("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n", LEFT - 6, y + 4,
                    BigDecimal.ONE.scaleByPowerOfTen(e).toPlainString()));
        }
        var path = new StringBuilder();
        for (int i = 0; i < points.size(); i++) {
            double x = x(log2(points.get(i).size()), x0, x1);
            double y = y(points.get(i).seconds() * 1e3, bottom, top);
            path.append(format("%s%.1f %.1f", i == 0 ? "M" : " L", x, y));
            s.append(format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#1f6fb4\"/>%n", x, y));
            s.append(format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>%n", x, HEIGHT - BOTTOM + 16,
                    points.get(i).size()));
        }
        s.append(format("<path d=\"%s\" fill=\"none\" stroke=\"#1f6fb4\" stroke-width=\"1.6\"/>%n", path));
        dashed(s, line, bottom, top, x0, x1);
    }

    /// From the last point back, as far as the picture reaches.
    private static void dashed(StringBuilder s, Growth.Line line, int bottom, int top, double x0, double x1) {
        var last = line.points().getLast();
        double at = log2(last.size());
        double ms = last.seconds() * 1e3;
        double from = Math.max(x0, at - log2(ms / Math.pow(10, bottom)) / line.power());
        s.append(format(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#c0392b\" stroke-dasharray=\"5 4\"/>%n",
                x(from, x0, x1), y(ms * Math.pow(2, (from - at) * line.power()), bottom, top), x(at, x0, x1),
                y(ms, bottom, top)));
    }

    private static double x(double v, double from, double to) {
        return LEFT + 10 + (v - from) / (to - from) * (WIDTH - LEFT - RIGHT - 20);
    }

    private static double y(double ms, int bottom, int top) {
        return HEIGHT - BOTTOM - (Math.log10(ms) - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM);
    }

    private static double log2(double v) {
        return Math.log(v) / Math.log(2);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library that nothing else would need
    private static String format(String text, Object... args) {
        return String.format(Locale.ROOT, text, args);
    }
}
