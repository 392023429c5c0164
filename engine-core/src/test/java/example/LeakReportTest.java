package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.engine.Device;
import dev.ijen.engine.Engine;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Where;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is forgotten without being closed is reported with the line that made it. Outside of Ijen's packages, as users' code is.
class LeakReportTest {
    private final ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();
    private final Logger log = Logger.getLogger("dev.ijen.engine.Leaks");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord r) {
            reports.add(new SimpleFormatter().formatMessage(r));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() throws InterruptedException {
        collect(0); // what earlier tests forgot
        log.addHandler(handler);
        log.setUseParentHandlers(false);
    }

    @AfterEach
    void stop() {
        log.removeHandler(handler);
        log.setUseParentHandlers(true);
    }

    /// Collects garbage until so many reports are there, or for a while.
    private List<String> collect(int wanted) throws InterruptedException {
        for (int i = 0; i < (wanted == 0 ? 5 : 200) && (wanted == 0 || reports.size() < wanted); i++) {
            System.gc();
            Thread.sleep(10);
        }
        return reports.stream().sorted().toList();
    }

    private static void forgetAnEngine() {
        var engine = Engine.open(Device.cpu());
        var w = engine.parameter("w", HostTensor.of(new float[100], 100));
        engine.compile(x -> x.add(w.get()).sum()).run(HostTensor.of(new float[100], 100));
    }

    /// Where no line of a user made it, as in a command, none is blamed.
    @Test
    void withinNowhereNoLineIsNamed() throws InterruptedException {
        try (var engine = Engine.open(Device.cpu())) {
            Where.nowhere(() -> {
                forgetAParameter(engine);
                return null;
            });
            var all = collect(1);
            assertEquals(1, all.size(), all.toString());
            assertTrue(all.getFirst().contains("made at a line of Ijen's own"), all.toString());
        }
    }

    private static void forgetAParameter(Engine engine) {
        assertEquals(100, engine.parameter("forgotten", HostTensor.of(new float[100], 100)).shape().size());
    }

    @Test
    void aForgottenEngineIsReportedOnce() throws InterruptedException {
        forgetAnEngine();
        var all = collect(1);
        assertEquals(1, all.size(), all.toString());
        assertTrue(
                all.getFirst().startsWith("engine on ")
                        && all.getFirst().contains("LeakReportTest.forgetAnEngine(LeakReportTest.java:"),
                all.toString());
        assertTrue(all.getFirst().contains("was never closed") && all.getFirst().contains(" buffers with "),
                all.toString());
    }

    @Test
    void aForgottenParameterIsReportedWhileItsEngineLives() throws InterruptedException {
        try (var engine = Engine.open(Device.cpu())) {
            forgetAParameter(engine);
            var all = collect(1);
            assertEquals(1, all.size(), all.toString());
            assertTrue(all.getFirst().contains("forgotten"), all.toString());
            assertTrue(all.getFirst().contains("LeakReportTest.forgetAParameter(LeakReportTest.java:"), all.toString());
            assertTrue(all.getFirst().contains("400 bytes"), all.toString());
            assertEquals(2, engine.memory().buffers(), "reported, not freed: it and the generator");
        }
    }

    @Test
    void whatIsClosedIsNotReported() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            try (var engine = Engine.open(Device.cpu())) {
                engine.parameter("w", HostTensor.of(new float[100], 100)).close();
                forgetAParameter(engine);
            }
        }
        assertEquals(List.of(), collect(0));
    }
}
