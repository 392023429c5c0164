package dev.ijen.train.report;

import java.util.ArrayList;
import java.util.List;

/// Charts beside each other as an SVG file by itself, light or dark as the reader's screen.
public final class ChartFile {
    private static final int GAP = 20;
    private static final int TITLE = 26;
    private static final int LEGEND = 22;
    private static final int LETTER = 6;
    private static final int MARK = 18;
    private static final String STYLE = """
            <style>
            svg { --bg: #fff; --text: #1c2430; --soft: #5c6675; --line: #dfe3e9; --grid: #eceff3; --a: #2563eb; --b: #e0662b; --c: #0f8a6d; }
            @media (prefers-color-scheme: dark) {
              svg { --bg: #11151b; --text: #e6eaf0; --soft: #98a3b3; --line: #2b3441; --grid: #242c37; --a: #6ea0ff; --b: #ff9a62; --c: #4fd0ac; }
            }
            .bg { fill: var(--bg); }
            text { fill: var(--soft); font: 11px system-ui, sans-serif; }
            .title { fill: var(--text); font-weight: 600; font-size: 14px; }
            .grid { stroke: var(--grid); } .axis { stroke: var(--line); } .mark { stroke: var(--soft); stroke-dasharray: 3 3; }
            .s { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
            .thin { stroke-width: 1.2; opacity: .55; }
            .a { stroke: var(--a); } .b { stroke: var(--b); } .c { stroke: var(--c); }
            .dot { stroke: none; } .dot.a { fill: var(--a); } .dot.b { fill: var(--b); } .dot.c { fill: var(--c); }
            </style>
            """;

    private ChartFile() {}

    /// The file's text; charts without points are left out.
    public static String svg(List<Chart> charts) {
        var drawn = charts.stream().filter(c -> !c.shown().isEmpty()).toList();
        var parts = new StringBuilder();
        int rows = 1;
        for (int i = 0; i < drawn.size(); i++) {
            var c = drawn.get(i);
            var shown = c.shown();
            parts.append(
                    Html.format("<g transform=\"translate(%d %d)\"><text class=\"title\" x=\"6\" y=\"-8\">%s</text>",
                            GAP + i * (Chart.W + GAP), TITLE, Html.escape(c.title())))
                    .append(c.drawing(shown));
            rows = Math.max(rows, legend(parts, c, shown));
            parts.append("</g>\n");
        }
        int width = GAP + drawn.size() * (Chart.W + GAP);
        int height = TITLE + Chart.H + rows * LEGEND + GAP / 2;
        var s = new StringBuilder(Html.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", width,
                height, width, height)).append(STYLE).append("<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n")
                .append(parts);
        return s.append("</svg>\n").toString();
    }

    /// In as many rows as keep it below its own chart. How many these are.
    private static int legend(StringBuilder s, Chart c, List<Series> shown) {
        var entries = new ArrayList<Entry>();
        for (var line : shown) {
            entries.add(new Entry("s " + line.style(), line.name()));
        }
        if (!Double.isNaN(c.mark())) {
            entries.add(new Entry("mark", Html.format("best weights, step %,.0f", c.mark())));
        }
        int x = LETTER;
        int row = 0;
        for (var e : entries) {
            if (x > LETTER && x + e.width() > Chart.W) {
                x = LETTER;
                row++;
            }
            int y = Chart.H + LEGEND / 2 + row * LEGEND;
            s.append(Html.format(
                    "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/><text x=\"%d\" y=\"%d\">%s</text>",
                    e.style(), x, x + 14, y - 4, y - 4, x + MARK, y, Html.escape(e.name())));
            x += e.width() + 2 * LETTER;
        }
        return row + 1;
    }

    /// One line of a chart.
    private record Entry(String style, String name) {
        /// Pixels, about.
        int width() {
            return MARK + name.length() * LETTER;
        }
    }
}
