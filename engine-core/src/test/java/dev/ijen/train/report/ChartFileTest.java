package dev.ijen.train.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChartFileTest {
    /// The legend's texts: where they begin, how high they stand, what they say.
    private static final Pattern ENTRY = Pattern.compile("<text x=\"(\\d+)\" y=\"(\\d+)\">([^<]*)</text>");

    private static String svg(double mark) {
        var steps = new Series("training, steps", "a thin", new double[] {1, 2}, new double[] {3, 1});
        var epochs = new Series("training, epochs", "a", new double[] {1, 2}, new double[] {3, 1});
        var validation = new Series("validation", "b", new double[] {1, 2}, new double[] {2, 1});
        var chart = new Chart("Loss", List.of(steps, epochs, validation), false, mark);
        return ChartFile.svg(List.of(chart, chart));
    }

    @Test
    void aLegendStaysBelowItsChart() {
        var m = ENTRY.matcher(svg(2520));
        int n = 0;
        int lowest = 0;
        while (m.find()) {
            // about six pixels a letter
            assertTrue(Integer.parseInt(m.group(1)) + 6 * m.group(3).length() <= Chart.W, m.group());
            lowest = Math.max(lowest, Integer.parseInt(m.group(2)));
            n++;
        }
        assertEquals(8, n, "three lines and a mark, twice");
        var height = Pattern.compile("height=\"(\\d+)\" viewBox").matcher(svg(2520));
        assertTrue(height.find() && 26 + lowest < Integer.parseInt(height.group(1)), "within the picture");
        var one = Pattern.compile("height=\"(\\d+)\" viewBox").matcher(svg(Double.NaN));
        assertTrue(one.find() && Integer.parseInt(one.group(1)) < Integer.parseInt(height.group(1)),
                "no second row where one is enough");
    }
}
