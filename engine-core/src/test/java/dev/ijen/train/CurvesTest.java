package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.FormatException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesTest {
    @TempDir Path folder;

    @Test
    void lossAndMetricStandBesideEachOther() throws Exception {
        Files.writeString(folder.resolve("metrics.jsonl"), """
                {"step":1,"epoch":1,"split":"train","loss":4.0,"lr":0.1}
                {"step":2,"epoch":1,"split":"train","loss":2.0,"lr":0.1}
                {"step":2,"epoch":1,"split":"train","loss":3.0,"summary":"epoch"}
                {"step":2,"epoch":1,"split":"val","loss":2.5,"r<2":0.5,"mae":1.5}
                """);
        var svg = folder.resolve("c.svg");
        assertEquals(4, Curves.write(folder, svg));
        var text = Files.readString(svg);
        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        assertEquals("svg", document.getDocumentElement().getTagName());
        // a group for the loss and one for the first metric
        assertEquals(2, document.getElementsByTagName("g").getLength());
        // training by step and by epoch, validation; and the metric
        assertEquals(4, document.getElementsByTagName("path").getLength());
        assertTrue(text.contains("r&lt;2") && !text.contains("mae"), text);
        // no checkpoint is there, so no step is the best; the rate is not a measurement
        assertFalse(text.contains("best weights") || text.contains("Learning rate"), text);
        assertFalse(text.replace("http://www.w3.org/2000/svg", "").contains("http"), text);
    }

    @Test
    void aRunWithoutMeasurementsSaysSo() throws Exception {
        var e = assertThrows(FormatException.class, () -> Curves.write(folder, folder.resolve("c.svg")));
        assertTrue(e.getMessage().contains("metrics.jsonl"), e.getMessage());
        Files.writeString(folder.resolve("metrics.jsonl"), "");
        assertTrue(assertThrows(FormatException.class, () -> Curves.write(folder, folder.resolve("c.svg")))
                .getMessage().contains("no measurements"));
        assertFalse(Files.exists(folder.resolve("c.svg")));
    }
}
