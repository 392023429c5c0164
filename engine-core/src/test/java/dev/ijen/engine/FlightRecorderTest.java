package dev.ijen.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Java Flight Recorder sees compilations, steps and transfers.
class FlightRecorderTest {
    @TempDir Path dir;

    private static List<RecordedEvent> named(List<RecordedEvent> all, String name) {
        return all.stream().filter(e -> e.getEventType().getName().equals("dev.ijen." + name)).toList();
    }

    @Test
    void compileStepAndTransferAreRecorded() throws IOException {
        var file = dir.resolve("record.jfr");
        try (var recording = new Recording()) {
            for (var name : List.of("Compile", "Step", "Transfer")) {
                recording.enable("dev.ijen." + name).withoutThreshold();
            }
            recording.start();
            try (var engine = Engine.open(Device.cpu())) {
                try (var step = engine.compile(x -> x.mul(2).sum())) {
                    for (int i = 0; i < 3; i++) {
                        assertEquals(20, step.run(HostTensor.of(new float[] {1, 2, 3, 4}, 4)).get(0).item());
                    }
                }
            }
            recording.stop();
            recording.dump(file);
        }
        var all = RecordingFile.readAllEvents(file);
        var compile = named(all, "Compile");
        assertEquals(1, compile.size());
        assertTrue(compile.getFirst().getString("what").contains("F32[4]"), compile.toString());
        assertTrue(compile.getFirst().getInt("launches") > 0 && compile.getFirst().getDuration().toNanos() > 0);
        assertEquals(3, named(all, "Step").size());
        // the argument of 16 bytes thrice, the result of 4 thrice, the generator's state of 16 once
        var transfers = named(all, "Transfer");
        assertEquals(16 * 4,
                transfers.stream().filter(e -> e.getBoolean("toDevice")).mapToLong(e -> e.getLong("bytes")).sum());
        assertEquals(4 * 3,
                transfers.stream().filter(e -> !e.getBoolean("toDevice")).mapToLong(e -> e.getLong("bytes")).sum());
    }
}
