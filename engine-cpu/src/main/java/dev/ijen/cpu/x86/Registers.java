package dev.ijen.cpu.x86;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;

/// The vector registers that are free.
final class Registers {
    private final Deque<Integer> free = new ArrayDeque<>();

    /// More values at once than there are registers: such a loop is not compiled.
    static final class Spent extends RuntimeException {
        private static final long serialVersionUID = 1;

        Spent() {
            super("no free register", null, false, false);
        }
    }

    Registers(IntStream all) {
        all.forEach(free::add);
    }

    int take() {
        Integer r = free.poll();
        if (r == null) {
            throw new Spent();
        }
        return r;
    }

    void give(int... registers) {
        for (int r : registers) {
            free.push(r);
        }
    }
}
