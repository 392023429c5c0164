package dev.ijen.cpu;

/// Whether threads that meet after each of many short steps are faster than one thread alone, found by trying both now and then: meeting takes from 0.2 to
/// 2 µs, by how far apart the cores are that they run on, and a virtual machine's cores move. For work that has the same bits either way.
final class Meetings {
    /// Runs from the beginning of a trial to the next; those before the first one are the JVM's, to compile what runs.
    private static final int PERIOD = 256;
    /// Runs of a trial, of the two ways in turn.
    private static final int TRIAL = 4;

    private int count;
    private boolean trial;
    private boolean now = true;
    private long begun;
    private long together;
    private long alone;

    /// How the run that begins now is to be done.
    boolean together() {
        int place = count++ % PERIOD;
        trial = count > PERIOD && place < TRIAL;
        if (count <= PERIOD) {
            return true;
        }
        if (place == 0) {
            together = Long.MAX_VALUE;
            alone = Long.MAX_VALUE;
        }
        if (!trial) {
            return together <= alone;
        }
        now = place % 2 == 0;
        begun = System.nanoTime();
        return now;
    }

    /// The run has ended.
    void end() {
        if (trial) {
            took(System.nanoTime() - begun);
        }
    }

    /// What a run of a trial took, in any unit.
    void took(long time) {
        if (now) {
            together = Math.min(together, time);
        } else {
            alone = Math.min(alone, time);
        }
    }
}
