package dev.ijen.cpu;

import static dev.ijen.cpu.Mem.ALL;
import static dev.ijen.cpu.Mem.ORDER;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Folds of floats. Each fold has loops of its own: shared ones, with the operation as an argument, would not be compiled to
/// vector instructions.
final class F32Fold {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(S, 8, 1, true);
    private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(S, 4, 1, true);
    private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(S, 2, 1, true);
    private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(S, 1, 1, true);

    private F32Fold() {}

    /// Sum of the lanes. Not `reduceLanes`, whose order differs between interpreter and compiled code.
    static float sum(FloatVector v) {
        if (L >= 16) {
            v = v.add(v.rearrange(BY_8));
        }
        if (L >= 8) {
            v = v.add(v.rearrange(BY_4));
        }
        if (L >= 4) {
            v = v.add(v.rearrange(BY_2));
        }
        return v.add(v.rearrange(BY_1)).lane(0);
    }

    /// Greatest lane; NaN wins.
    static float max(FloatVector v) {
        return v.reduceLanes(VectorOperators.MAX);
    }

    /// Least lane; NaN wins.
    static float min(FloatVector v) {
        return v.reduceLanes(VectorOperators.MIN);
    }

    private static FloatVector at(long a, int i) {
        return FloatVector.fromMemorySegment(S, ALL, a + 4L * i, ORDER);
    }

    /// Sum.
    record Sum() implements Folder {
        static final Cold INTO = new Cold(20);
        static final Cold PAIR = new Cold(20);
        static final Cold REDUCE = new Cold(20);

        private static void add(long a, long b, long to, int n) {
            for (int i = 0; i < n; i += L) {
                at(a, i).add(at(b, i)).intoMemorySegment(ALL, to + 4L * i, ORDER);
            }
        }

        @Override
        public int bytes() {
            return 4;
        }

        @Override
        public void reduce(long from, int n, long to) {
            float s;
            if (REDUCE.over()) {
                s = vectors(from, n);
            } else if (REDUCE.part()) {
                long begun = System.nanoTime();
                s = vectors(from, n);
                REDUCE.end(begun, n / L + 8);
            } else {
                s = one(from, n);
            }
            Mem.f32(to, Mem.f32(to) + s);
        }

        private static float vectors(long from, int n) {
            FloatVector neutral = FloatVector.broadcast(S, 0f);
            FloatVector s0 = neutral;
            FloatVector s1 = neutral;
            FloatVector s2 = neutral;
            FloatVector s3 = neutral;
            int i = 0;
            for (; i <= n - 4 * L; i += 4 * L) {
                s0 = s0.add(at(from, i));
                s1 = s1.add(at(from, i + L));
                s2 = s2.add(at(from, i + 2 * L));
                s3 = s3.add(at(from, i + 3 * L));
            }
            for (; i <= n - L; i += L) {
                s0 = s0.add(at(from, i));
            }
            if (i < n) {
                s1 = s1.add(neutral.blend(at(from, i), S.indexInRange(i, n)));
            }
            return sum(s0.add(s1).add(s2.add(s3)));
        }

        /// [#vectors] one by one: the elements of each lane, and then of lanes half as many apart, and half of that.
        private static float one(long from, int n) {
            float[] x = Mem.floats(from, n);
            var s = new float[4 * L];
            int fours = n / (4 * L) * (4 * L);
            int whole = n / L * L;
            for (int i = 0; i < n; i++) {
                s[i < fours ? i % (4 * L) : i < whole ? i % L : L + i % L] += x[i];
            }
            for (int i = 0; i < L; i++) {
                s[i] = s[i] + s[L + i] + (s[2 * L + i] + s[3 * L + i]);
            }
            for (int w = L / 2; w > 0; w /= 2) {
                for (int i = 0; i < w; i++) {
                    s[i] += s[i + w];
                }
            }
            return s[0];
        }

        @Override
        public void into(long from, long to, long step, int n) {
            int i = 0;
            if (step == 4 && INTO.over()) {
                i = n / L * L;
                add(to, from, to, i);
            } else if (step == 4 && n >= L && INTO.part()) {
                i = L;
                long begun = System.nanoTime();
                add(to, from, to, i);
                INTO.end(begun, 1);
            } else if (step == 4) {
                pair1(to, from, to, n);
                return;
            }
            for (; i < n; i++) {
                long p = to + i * step;
                Mem.f32(p, Mem.f32(p) + Mem.f32(from + 4L * i));
            }
        }

        @Override
        public void pair(long a, long b, long to, int n) {
            if (PAIR.over()) {
                add(a, b, to, n);
                return;
            }
            int i = 0;
            if (PAIR.part()) {
                i = Math.min(n, 4 * L);
                long begun = System.nanoTime();
                add(a, b, to, i);
                PAIR.end(begun, 4);
            }
            pair1(a + 4L * i, b + 4L * i, to + 4L * i, n - i);
        }

        private static void pair1(long a, long b, long to, int n) {
            float[] x = Mem.floats(a, n);
            float[] y = Mem.floats(b, n);
            for (int i = 0; i < n; i++) {
                x[i] += y[i];
            }
            Mem.floats(x, n, to);
        }

        @Override
        public void clear(long to, long step, int n) {
            for (int i = 0; i < n; i++) {
                Mem.f32(to + i * step, 0f);
            }
        }
    }

    /// Max.
    record Max() implements Folder {
        @Override
        public int bytes() {
            return 4;
        }

        @Override
        public void reduce(long from, int n, long to) {
            FloatVector neutral = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            FloatVector s0 = neutral;
            FloatVector s1 = neutral;
            FloatVector s2 = neutral;
            FloatVector s3 = neutral;
            int i = 0;
            for (; i <= n - 4 * L; i += 4 * L) {
                s0 = s0.max(at(from, i));
                s1 = s1.max(at(from, i + L));
                s2 = s2.max(at(from, i + 2 * L));
                s3 = s3.max(at(from, i + 3 * L));
            }
            for (; i <= n - L; i += L) {
                s0 = s0.max(at(from, i));
            }
            if (i < n) {
                s1 = s1.max(neutral.blend(at(from, i), S.indexInRange(i, n)));
            }
            float s = max(s0.max(s1).max(s2.max(s3)));
            Mem.f32(to, Math.max(Mem.f32(to), s));
        }

        @Override
        public void into(long from, long to, long step, int n) {
            int i = 0;
            if (step == 4) {
                for (; i <= n - L; i += L) {
                    at(to, i).max(at(from, i)).intoMemorySegment(ALL, to + 4L * i, ORDER);
                }
            }
            for (; i < n; i++) {
                long p = to + i * step;
                Mem.f32(p, Math.max(Mem.f32(p), Mem.f32(from + 4L * i)));
            }
        }

        @Override
        public void pair(long a, long b, long to, int n) {
            for (int i = 0; i < n; i += L) {
                at(a, i).max(at(b, i)).intoMemorySegment(ALL, to + 4L * i, ORDER);
            }
        }

        @Override
        public void clear(long to, long step, int n) {
            for (int i = 0; i < n; i++) {
                Mem.f32(to + i * step, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /// Min.
    record Min() implements Folder {
        @Override
        public int bytes() {
            return 4;
        }

        @Override
        public void reduce(long from, int n, long to) {
            FloatVector neutral = FloatVector.broadcast(S, Float.POSITIVE_INFINITY);
            FloatVector s0 = neutral;
            FloatVector s1 = neutral;
            FloatVector s2 = neutral;
            FloatVector s3 = neutral;
            int i = 0;
            for (; i <= n - 4 * L; i += 4 * L) {
                s0 = s0.min(at(from, i));
                s1 = s1.min(at(from, i + L));
                s2 = s2.min(at(from, i + 2 * L));
                s3 = s3.min(at(from, i + 3 * L));
            }
            for (; i <= n - L; i += L) {
                s0 = s0.min(at(from, i));
            }
            if (i < n) {
                s1 = s1.min(neutral.blend(at(from, i), S.indexInRange(i, n)));
            }
            float s = min(s0.min(s1).min(s2.min(s3)));
            Mem.f32(to, Math.min(Mem.f32(to), s));
        }

        @Override
        public void into(long from, long to, long step, int n) {
            int i = 0;
            if (step == 4) {
                for (; i <= n - L; i += L) {
                    at(to, i).min(at(from, i)).intoMemorySegment(ALL, to + 4L * i, ORDER);
                }
            }
            for (; i < n; i++) {
                long p = to + i * step;
                Mem.f32(p, Math.min(Mem.f32(p), Mem.f32(from + 4L * i)));
            }
        }

        @Override
        public void pair(long a, long b, long to, int n) {
            for (int i = 0; i < n; i += L) {
                at(a, i).min(at(b, i)).intoMemorySegment(ALL, to + 4L * i, ORDER);
            }
        }

        @Override
        public void clear(long to, long step, int n) {
            for (int i = 0; i < n; i++) {
                Mem.f32(to + i * step, Float.POSITIVE_INFINITY);
            }
        }
    }
}
