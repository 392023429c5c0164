package dev.ijen.cpu;

import dev.ijen.cpu.x86.MachineCode;

/// One thing done to a tile.
interface Step {
    /// Values of four bytes in a vector, the most there are.
    int LANES = F32Math.ints().length();

    void run(Frame f);

    /// A value that is used where it lies, or that machine code writes where it is to be stored.
    record Direct(int value, Place place) implements Step {
        @Override
        public void run(Frame f) {
            f.at[value] = place.at(f.pos);
        }
    }

    /// A value that is gathered into a block, and widened if it is stored in a narrower type.
    ///
    /// @param same true if the block may be kept while its origin stays
    record Moved(int value, Place place, Pattern pattern, int size, Fn widen, boolean same) implements Step {
        @Override
        public void run(Frame f) {
            long from = place.at(f.pos);
            if (same) {
                if (f.seen[value] == from && f.seenRows[value] >= f.rows) {
                    return;
                }
                f.seen[value] = from;
                f.seenRows[value] = f.rows;
            }
            long to = f.at[value];
            if (widen == null) {
                pattern.gather(size, from, to, f.rows);
            } else if (pattern.isRun(size)) {
                widen.run(from, 0, 0, to, f.n);
            } else {
                pattern.gather(size, from, f.temp, f.rows);
                widen.run(f.temp, 0, 0, to, f.n);
            }
        }
    }

    /// Indices; the place and the pattern count elements.
    record Index(int value, Place place, Pattern pattern) implements Step {
        @Override
        public void run(Frame f) {
            pattern.index((int) place.at(f.pos), f.at[value], f.rows);
        }
    }

    /// Random words; the place and the pattern count elements.
    record Random(int value, long state, int stream, Place place, Pattern pattern) implements Step {
        @Override
        public void run(Frame f) {
            int first = (int) place.at(f.pos);
            pattern.random(Mem.i64(state), Mem.i64(state + 8), stream, first, f.at[value], f.rows);
        }
    }

    /// A function of values.
    record Apply(Fn fn, int a, int b, int c, int value) implements Step {
        @Override
        public void run(Frame f) {
            long[] at = f.at;
            fn.run(at[a], at[b], at[c], at[value], f.n);
        }
    }

    /// A function of values whose result is written where it is to be stored, if that is a number of whole vectors.
    record ApplyTo(Fn fn, int a, int b, int c, int value, Place place) implements Step {
        @Override
        public void run(Frame f) {
            long[] at = f.at;
            at[value] = f.n % LANES == 0 ? place.at(f.pos) : f.own[value];
            fn.run(at[a], at[b], at[c], at[value], f.n);
        }
    }

    /// Several functions of values at once, in machine code.
    record Compiled(MachineCode code) implements Step {
        @Override
        public void run(Frame f) {
            code.run(f.addresses, f.n);
        }
    }

    /// Stores a value that is not yet where it belongs.
    record Put(int value, Place place, Pattern pattern, int size, Fn narrow) implements Step {
        @Override
        public void run(Frame f) {
            long to = place.at(f.pos);
            long from = f.at[value];
            if (from == to) {
                return;
            }
            if (narrow != null && f.n % LANES == 0 && pattern.isRun(size)) {
                narrow.run(from, 0, 0, to, f.n);
                return;
            }
            if (narrow != null) {
                narrow.run(from, 0, 0, f.temp, f.n);
                from = f.temp;
            }
            pattern.scatter(size, from, to, f.rows);
        }
    }

    /// Which tiles clear what they fold into.
    enum Clear {
        /// None: it is done before all work.
        NONE,
        /// The first of a group, or of a part of one.
        FIRST,
        /// Each, having results of its own.
        EACH
    }

    /// Folds a value into its results.
    ///
    /// @param part bytes between the partial results of neighbouring parts
    record Join(int value, Place place, Pattern pattern, Folder folder, long part, Clear clear) implements Step {
        @Override
        public void run(Frame f) {
            long to = place.at(f.pos) + f.chunk * part;
            if (clear == Clear.EACH || clear == Clear.FIRST && f.first) {
                pattern.clear(folder, to, f.rows);
            }
            pattern.fold(folder, f.at[value], to, f.rows, f.temp);
        }
    }
}
