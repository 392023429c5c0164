package dev.ijen.train.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Pieces of HTML. Everything that comes from outside is escaped here.
final class Html {
    private Html() {}

    static String escape(Object text) {
        var s = new StringBuilder();
        for (char c : String.valueOf(text).toCharArray()) {
            switch (c) {
                case '<' -> s.append("&lt;");
                case '>' -> s.append("&gt;");
                case '&' -> s.append("&amp;");
                case '"' -> s.append("&quot;");
                case '\'' -> s.append("&#39;");
                default -> s.append(c < ' ' && c != '\n' && c != '\t' ? ' ' : c);
            }
        }
        return s.toString();
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency
    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    /// A number with about four digits.
    static String number(double v) {
        if (!Double.isFinite(v)) {
            return "–";
        }
        double a = Math.abs(v);
        if (a == 0) {
            return "0";
        }
        if (a >= 10_000) {
            return format("%,.0f", v);
        }
        return a >= 100 ? format("%.1f", v) : a >= 0.001 ? format("%.4f", v) : format("%.2e", v);
    }

    static String card(String title, String body) {
        return "<section class=\"card\"><h2>" + escape(title) + "</h2>" + body + "</section>\n";
    }

    static String folded(String title, String body) {
        return "<section class=\"card\"><details><summary>" + escape(title) + "</summary>" + body
                + "</details></section>\n";
    }

    /// A table of keys and values.
    static String keys(Map<String, ?> values) {
        var s = new StringBuilder("<div class=\"scroll\"><table class=\"wide keys\">");
        values.forEach((k, v) -> s.append("<tr><th>").append(escape(k)).append("</th><td>").append(escape(v))
                .append("</td></tr>"));
        return s.append("</table></div>").toString();
    }

    /// A table; columns whose header begins with `#` hold numbers.
    static String table(List<String> header, List<List<String>> rows) {
        return table("wide", header, rows);
    }

    /// The same; as `wide stack` the last column stands below the others where the page is narrow.
    static String table(String style, List<String> header, List<List<String>> rows) {
        var s = new StringBuilder("<div class=\"scroll\"><table class=\"" + style + "\"><thead><tr>");
        for (var h : header) {
            boolean n = h.startsWith("#");
            s.append(n ? "<th class=\"n\">" : "<th>").append(escape(n ? h.substring(1) : h)).append("</th>");
        }
        s.append("</tr></thead><tbody>");
        for (var row : rows) {
            s.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                s.append(header.get(i).startsWith("#") ? "<td class=\"n\">" : "<td>").append(escape(row.get(i)))
                        .append("</td>");
            }
            s.append("</tr>");
        }
        return s.append("</tbody></table></div>").toString();
    }
}
