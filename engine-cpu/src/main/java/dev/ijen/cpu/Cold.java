package dev.ijen.cpu;

/// Whether the JVM has compiled a loop of the Vector API yet. Until then each of its operations allocates its result and goes through
/// several calls, some hundred times slower than compiled, and the first steps would wait for that. So as long as a loop is cold, a plain
/// loop with the same bits does the work, and only now and then a small part of it goes by vectors: that makes them known to the
/// compiler, and their time tells when it is done.
///
/// The first run of a plan, whose result somebody waits for, has no such part: the first vectors of a JVM also load and link most of the
/// Vector API. Unless it is a long one.
///
/// One for each loop. Threads may race for its numbers: it is only about speed.
final class Cold {
    /// One call of so many has a part that goes by vectors.
    private static final int EVERY = 8;
    /// Calls after which there are parts in a first run, too.
    private static final int FIRST = 4000;
    /// Nanoseconds for the clock and the call.
    private static final long CALL = 100;
    private static final int PROOFS = 8;
    /// Parts after which vectors are taken however long they take.
    private static final int LAST = 20_000;

    /// Numbers of the first run that go one by one where vectors are rare otherwise.
    private static final int FEW = 1 << 16;

    /// Whether a plan has been run.
    static boolean begun;

    private static int few;

    /// Nanoseconds a vector takes at most once compiled; before, it takes several times as many.
    private final long quick;
    private int calls;
    private int parts;
    private int proofs;
    private boolean over;

    Cold(long quick) {
        this.quick = quick;
    }

    /// True when the vectors are compiled.
    boolean over() {
        return over;
    }

    /// For tests, which have one way or the other.
    void set(boolean isOver) {
        ran();
        over = isOver;
        proofs = 0;
    }

    /// True when a part of this call, of a few vectors, is to go by vectors, between [System#nanoTime] and [#end].
    boolean part() {
        return ++calls % EVERY == 0 && (begun || calls > FIRST);
    }

    /// True for the first of all numbers of the first run: for loops too rare to have parts, which go by vectors ever after.
    static boolean few(long numbers) {
        if (begun || numbers > FEW || few > FEW) {
            return false;
        }
        few += (int) numbers;
        return few <= FEW;
    }

    /// After each run of a plan.
    static void ran() {
        begun = true;
    }

    /// After a part.
    ///
    /// @param begun the time it began
    /// @param vectors how many it had
    void end(long begun, int vectors) {
        proofs = System.nanoTime() - begun < CALL + quick * vectors ? proofs + 1 : 0;
        if (proofs >= PROOFS || ++parts >= LAST) {
            over = true;
        }
    }
}
