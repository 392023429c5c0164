package dev.ijen.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsTableTest {
    @TempDir Path folder;

    @Test
    void columnsOfAllLines() throws IOException {
        Files.writeString(folder.resolve("metrics.jsonl"), """
                {"step":1,"split":"train","loss":0.5}
                {"step":2,"split":"val","loss":null,"note":"a, \\"b\\""}
                """);
        var csv = folder.resolve("m.csv");
        assertEquals(2, MetricsTable.write(folder, csv));
        assertEquals("step,split,loss,note\n1,train,0.5,\n2,val,,\"a, \"\"b\"\"\"\n", Files.readString(csv));
    }
}
