package dev.ijen.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MeetingsTest {
    private static final int PERIOD = 256;

    /// Runs of a period that are done together, if that takes `together` and the other way `alone`.
    private static int period(Meetings m, long together, long alone) {
        int n = 0;
        for (int i = 0; i < PERIOD; i++) {
            boolean both = m.together();
            n += both ? 1 : 0;
            if (i < 4) {
                m.took(both ? together : alone);
            }
        }
        return n;
    }

    @Test
    void theFasterWayIsTaken() {
        var m = new Meetings();
        for (int i = 0; i < PERIOD; i++) {
            assertTrue(m.together(), "before anything is known");
            m.end();
        }
        assertEquals(PERIOD - 2, period(m, 10, 15));
        assertEquals(2, period(m, 20, 15));
        assertEquals(PERIOD - 2, period(m, 15, 15));
    }
}
