package dev.ijen.train.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// A page about a run that needs nothing but itself: no network, no scripts. Sections appear in the order they are added.
public final class HtmlReport {
    /// Classes a confusion matrix is still readable with.
    private static final int MOST_CLASSES = 30;

    private final String title;
    private final StringBuilder body = new StringBuilder();

    private HtmlReport(String title) {
        this.title = title;
    }

    /// A number to see first.
    ///
    /// @param name what it is
    /// @param value as shown
    /// @param main whether it is the one that matters
    public record Tile(String name, String value, boolean main) {}

    /// A wrong prediction.
    ///
    /// @param png a picture of the example; null where there is none
    /// @param example what it is, where there is no picture
    /// @param truth class or value
    /// @param predicted class or value
    /// @param detail such as the confidence
    public record Mistake(byte[] png, String example, String truth, String predicted, String detail) {
        /// Shares the bytes.
        public Mistake {}
    }

    /// A page.
    public static HtmlReport of(String title, String subtitle) {
        var r = new HtmlReport(title);
        r.body.append("<h1>").append(Html.escape(title)).append("</h1><p class=\"soft\">").append(Html.escape(subtitle))
                .append("</p>\n");
        return r;
    }

    /// Numbers in a row.
    public HtmlReport tiles(List<Tile> tiles) {
        body.append("<div class=\"tiles\">");
        for (var t : tiles) {
            body.append(t.main ? "<div class=\"tile main\">" : "<div class=\"tile\">")
                    .append("<span class=\"soft small\">")
                    .append(Html.escape(t.name))
                    .append("</span><b>")
                    .append(Html.escape(t.value))
                    .append("</b></div>");
        }
        body.append("</div>\n");
        return this;
    }

    /// Something to heed.
    public HtmlReport warning(String text) {
        body.append("<div class=\"warning\">").append(Html.escape(text)).append("</div>\n");
        return this;
    }

    /// Charts beside each other.
    public HtmlReport charts(String heading, List<Chart> charts) {
        var s = new StringBuilder("<div class=\"charts\">");
        charts.forEach(c -> s.append(c.svg()));
        body.append(Html.card(heading, s.append("</div>").toString()));
        return this;
    }

    /// Truth against prediction of a regression.
    public HtmlReport scatter(String heading, double[] truth, double[] predicted, Map<String, String> metrics) {
        body.append(Html.card(
                heading,
                "<div class=\"split\">" + Chart.scatter("Prediction against truth", truth, predicted) + "<div>"
                        + Html.keys(metrics) + "</div></div>"));
        return this;
    }

    /// Truth against prediction of classes.
    ///
    /// @param counts `[truth][predicted]`
    /// @param perClass one row a class: name, then numbers
    public HtmlReport confusion(String heading, List<String> names, long[][] counts, List<String> header,
            List<List<String>> perClass) {
        var matrix = names.size() <= MOST_CLASSES ? matrix(names, counts) : pairs(names, counts);
        body.append(Html.card(heading,
                "<div class=\"split\"><div>" + matrix + "</div><div>" + Html.table(header, perClass) + "</div></div>"));
        return this;
    }

    private static String matrix(List<String> names, long[][] counts) {
        var s = new StringBuilder(
                "<p class=\"soft small\">rows: truth, columns: prediction</p><div class=\"scroll\"><table class=\"confusion\"><tr><th></th>");
        names.forEach(n -> s.append("<th>").append(Html.escape(n)).append("</th>"));
        s.append("</tr>");
        for (int t = 0; t < counts.length; t++) {
            long all = 0;
            for (long c : counts[t]) {
                all += c;
            }
            s.append("<tr><th class=\"side\">").append(Html.escape(names.get(t))).append("</th>");
            for (int p = 0; p < counts.length; p++) {
                double share = all == 0 ? 0 : (double) counts[t][p] / all;
                // errors are rare: their root makes them visible
                double shade = t == p ? 0.12 + 0.6 * share : Math.min(0.85, Math.sqrt(share) * 1.2);
                var tip = Html.escape(names.get(t) + " taken for " + names.get(p))
                        + Html.format(": %d of %d", counts[t][p], all);
                if (counts[t][p] == 0) {
                    s.append("<td class=\"zero\" title=\"").append(tip).append("\">·</td>");
                } else {
                    s.append(Html.format(
                            "<td style=\"background:rgba(var(--%s),%.2f)\" title=\"%s\">%d</td>",
                            t == p ? "heat" : "bad", shade, tip, counts[t][p]));
                }
            }
            s.append("</tr>");
        }
        return s.append("</table></div>").toString();
    }

    /// The most frequent confusions of many classes.
    private static String pairs(List<String> names, long[][] counts) {
        record Pair(int truth, int predicted, long count) {}
        var all = new ArrayList<Pair>();
        for (int t = 0; t < counts.length; t++) {
            for (int p = 0; p < counts.length; p++) {
                if (t != p && counts[t][p] > 0) {
                    all.add(new Pair(t, p, counts[t][p]));
                }
            }
        }
        all.sort((a, b) -> Long.compare(b.count, a.count));
        return Html.table(
                List.of("truth", "prediction", "#count"),
                all.stream().limit(30).map(p -> List.of(names.get(p.truth), names.get(p.predicted), "" + p.count))
                        .toList());
    }

    /// The worst errors: pictures where there are some, else rows.
    ///
    /// @param judged what the details of rows are
    public HtmlReport mistakes(String heading, String judged, List<Mistake> mistakes) {
        if (mistakes.isEmpty()) {
            body.append(Html.card(heading, "<p class=\"soft\">None.</p>"));
            return this;
        }
        if (mistakes.getFirst().png == null) {
            body.append(Html.card(
                    heading,
                    Html.table(
                            "wide stack",
                            List.of("truth", "prediction", judged, "example"),
                            mistakes.stream().map(m -> List.of(m.truth, m.predicted, m.detail, m.example)).toList())));
            return this;
        }
        var s = new StringBuilder("<div class=\"pictures\">");
        for (var m : mistakes) {
            s.append("<figure><img alt=\"")
                    .append(Html.escape(m.truth + " taken for " + m.predicted))
                    .append("\" src=\"data:image/png;base64,")
                    .append(Base64.getEncoder().encodeToString(m.png))
                    .append("\">")
                    .append(Html.escape(m.truth))
                    .append(" → <span class=\"no\">")
                    .append(Html.escape(m.predicted))
                    .append("</span><br><span class=\"soft\">")
                    .append(Html.escape(m.detail))
                    .append("</span></figure>");
        }
        body.append(Html.card(heading, s.append("</div>").toString()));
        return this;
    }

    /// A table; columns whose header begins with `#` hold numbers.
    public HtmlReport table(String heading, List<String> header, List<List<String>> rows, String below) {
        body.append(Html.card(heading, Html.table(header, rows) + "<p class=\"soft small\" style=\"margin-top:10px\">"
                + Html.escape(below) + "</p>"));
        return this;
    }

    /// Keys and values.
    public HtmlReport keys(String heading, Map<String, ?> values) {
        body.append(Html.folded(heading, Html.keys(values)));
        return this;
    }

    /// A text as it is, folded away.
    public HtmlReport text(String heading, String text) {
        body.append(Html.folded(heading, "<pre>" + Html.escape(text) + "</pre>"));
        return this;
    }

    /// A number with about four digits.
    public static String number(double v) {
        return Html.number(v);
    }

    /// The page.
    public String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n<title>"
                + Html.escape(title)
                + "</title>\n<style>\n"
                + style()
                + "</style>\n</head>\n<body>\n<main>\n"
                + body
                + "<footer>Written by Ijen. This page needs no network.</footer>\n</main>\n</body>\n</html>\n";
    }

    private static String style() {
        try (var in = HtmlReport.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IllegalStateException("resource report.css is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
