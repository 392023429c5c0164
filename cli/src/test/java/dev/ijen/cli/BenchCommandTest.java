package dev.ijen.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.cli.bench.Growth;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

final class BenchCommandTest {
    @Test
    void wrongUse() {
        var block = Cli.run("bench", "trainings").block(2);
        assertTrue(block.contains("got:      'trainings'")
                && block.contains("ops, training, inference, overhead, startup, growth"), block);
        assertTrue(Cli.run("bench", "ops", "--svg", "a.svg").block(2).contains("add growth"));
    }

    @Test
    void sharesAndPromises() {
        var m = Measurement.of("ops", "add", 45, "GB/s").besides("copying", 50, 0.95);
        assertEquals(Map.of("suite", "ops", "name", "add", "value", 45.0, "unit", "GB/s", "share", 0.9, "share_of",
                "copying", "share_aim", 0.95), m.toMap());
        assertEquals("0.90 of copying", m.reached());
        assertEquals("≥ 0.9500  under", m.promise());
        assertEquals("< 2", new Measurement("s", "n", 1, "µs", 2).promise());
        assertEquals("< 2  over", new Measurement("s", "n", 3, "µs", 2).promise());
    }

    /// The child is this program again, on the class path or module path of the test.
    @Test
    void workloadInAProcessOfItsOwn() {
        var all = new ProtocolBench("inference", List.of("infer/mlp-b1"), List.of("--threads", "1"), _ -> {}).run();
        assertEquals(List.of("infer/mlp-b1", "infer/mlp-b1, work", "infer/mlp-b1, peak resident memory"),
                all.stream().map(Measurement::name).toList());
        assertTrue(all.get(0).value() > 1e-3 && all.get(0).value() < 100, all.toString());
        assertEquals(2.0 * (784 * 512 + 512 * 256 + 256 * 10), all.get(0).value() * 1e-3 * all.get(1).value() * 1e9, 1);
        assertTrue(all.get(2).value() > 30 && all.get(2).value() < 4096, all.toString());
    }

    @Test
    void growthIsDrawn() throws Exception {
        var line = new Growth.Line("A & B", "width", 2,
                List.of(new Growth.Point(64, 0.001, 1), new Growth.Point(128, 0.004, 4),
                        new Growth.Point(256, 0.008, 16)));
        assertEquals(2, line.slope(1), 1e-12);
        assertEquals(1, line.slope(2), 1e-12);
        var svg = GrowthPlot.svg(List.of(line, line), "of a <machine>");
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)));
        assertEquals("svg", document.getDocumentElement().getTagName());
        assertEquals(6, document.getElementsByTagName("circle").getLength());
        var circles = document.getElementsByTagName("circle");
        // equal ratios of sizes are equal distances, and a slope of 2 is twice one of 1
        double[] x = new double[3];
        double[] y = new double[3];
        for (int i = 0; i < 3; i++) {
            x[i] = Double.parseDouble(circles.item(i).getAttributes().getNamedItem("cx").getNodeValue());
            y[i] = Double.parseDouble(circles.item(i).getAttributes().getNamedItem("cy").getNodeValue());
        }
        assertEquals(x[1] - x[0], x[2] - x[1], 0.11);
        assertEquals(2 * (y[1] - y[2]), y[0] - y[1], 0.2);
        assertEquals("width", GrowthBench.toList(List.of(line)).getFirst().get("grows"));
        assertTrue(GrowthBench.measurements(List.of(line)).get(1).name().endsWith("width 128, grown by size^2.00"));
    }
}
