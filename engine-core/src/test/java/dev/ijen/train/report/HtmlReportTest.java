package dev.ijen.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final String EVIL = "<script>alert('x')</script>\"&";

    private static String page() {
        double nan = Double.NaN;
        var lines = List.of(
                new Series(EVIL, "a thin", new double[] {1, 2, 3}, new double[] {1, nan, 0.1}),
                new Series("one", "b", new double[] {3}, new double[] {0.5}),
                new Series("none", "c", new double[0], new double[0]));
        return HtmlReport.of(EVIL, EVIL)
                .tiles(List.of(new HtmlReport.Tile(EVIL, EVIL, true)))
                .warning(EVIL)
                .charts(EVIL,
                        List.of(new Chart(EVIL, lines, true, 2), new Chart("flat", lines.subList(1, 2), false, nan),
                                new Chart("", List.of(), false, 0)))
                .confusion(EVIL, List.of(EVIL, "b"), new long[][] {{3, 1}, {0, 0}}, List.of("class", "#f1"),
                        List.of(List.of(EVIL, "1")))
                .mistakes(EVIL, EVIL, List.of(new HtmlReport.Mistake(new byte[] {1, 2}, null, EVIL, EVIL, EVIL)))
                .mistakes("rows", EVIL, List.of(new HtmlReport.Mistake(null, EVIL, EVIL, EVIL, EVIL)))
                .mistakes("empty", EVIL, List.of())
                .scatter("s", new double[] {1, 2}, new double[] {1.5, 2}, Map.of(EVIL, EVIL))
                .table("t", List.of(EVIL), List.of(List.of(EVIL)), EVIL)
                .keys("k", Map.of(EVIL, EVIL))
                .text("c", EVIL)
                .html();
    }

    @Test
    void whatComesFromOutsideIsEscaped() {
        var html = page();
        assertFalse(html.contains("<script"), html);
        assertFalse(html.contains("alert('x')"), html);
        assertTrue(html.contains("&lt;script&gt;alert(&#39;x&#39;)"), html);
    }

    @Test
    void nothingIsFetched() {
        var html = page();
        assertFalse(
                html.contains("http:") || html.contains("https:") || html.contains("@import") || html.contains("url("),
                html);
        assertTrue(html.contains("data:image/png;base64,AQI="), html);
        assertTrue(html.contains("prefers-color-scheme: dark"), html);
        assertTrue(html.contains("name=\"viewport\""), html);
    }

    @Test
    void tagsAreClosed() {
        var html = page();
        for (var tag : List.of("section", "div", "table", "figure", "svg", "tr", "td", "details", "main")) {
            assertEquals(count(html, "<" + tag + "[ >]"), count(html, "</" + tag + ">"), tag);
        }
        assertFalse(html.contains("NaN"), html);
    }

    private static long count(String text, String pattern) {
        return java.util.regex.Pattern.compile(pattern).matcher(text).results().count();
    }

    @Test
    void longSeriesAreThinned() {
        var x = IntStream.range(0, 6000).asDoubleStream().toArray();
        var t = new Series("x", "a", x, x).thinned();
        assertEquals(Series.MOST, t.x().length);
        assertEquals(4.5, t.y()[0], 1e-12);
        assertEquals(5994.5, t.x()[Series.MOST - 1], 1e-9);
    }

    @Test
    void manyClassesBecomeAListOfConfusions() {
        var names = IntStream.range(0, 40).mapToObj(i -> "class" + i).toList();
        var counts = new long[40][40];
        counts[3][7] = 11;
        var html = HtmlReport.of("t", "").confusion("c", names, counts, List.of("class"), List.of()).html();
        assertTrue(html.contains("<td>class3</td><td>class7</td><td class=\"n\">11</td>"), html);
    }
}
