package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Plan;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Plan.Ref;
import dev.ijen.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// What launches that run part by part read and write, and where: results that only they read have a place of their own for each thread,
/// everything else lies where the plan puts it.
final class PartValues {
    private final Plan plan;
    private final List<Launch> all;
    private final boolean[] skip;
    private final List<Taken> launches = new ArrayList<>();
    private final List<Value> values = new ArrayList<>();
    private final List<Value> outside = new ArrayList<>();
    private long area;
    private long work;

    /// @param in where inputs are, once places are known
    record Taken(int index, OneByOne one, Place[] in, Place[] out) {}

    /// @param inside true for a place in the thread's own area, at `at`
    /// @param at offset in the area, in bytes
    /// @param advance bytes from one part to the next in the plan's memory
    record Place(boolean inside, Ref ref, long at, long advance) {}

    /// Memory that is written by one launch, or part by part by several that put things beside each other.
    private static final class Whole {
        long low;
        long begin;
        long written;
        long advance;
        int from;
        int last;
        boolean stays;
        long at;

        boolean complete() {
            return written == advance && begin == low;
        }
    }

    /// Something that is read or written.
    private static final class Value {
        final Ref ref;
        final OneByOne.Step step;
        final int from;
        Whole whole = new Whole();
        boolean gone;

        Value(Ref ref, OneByOne.Step step, int from) {
            this.ref = ref;
            this.step = step;
            this.from = from;
            whole.low = ref.offset();
            whole.begin = ref.offset() + step.from();
            whole.written = step.bytes();
            whole.advance = step.advance();
            whole.from = from;
            whole.last = from;
        }

        boolean overlaps(Ref other) {
            return Steady.overlap(ref, other);
        }

        boolean stays() {
            return whole.stays;
        }

        /// True if images lie in both as parts of the same rows, or in the same place.
        boolean beside(Ref other, OneByOne.Step s) {
            long low = Math.min(ref.offset() + step.from(), other.offset() + s.from());
            return s.advance() == step.advance() && s.advance() > 0
                    && Math.max(ref.offset() + step.to(), other.offset() + s.to()) - low <= s.advance();
        }
    }

    /// Who reads or writes what, in the order of a launch's operands.
    private final List<Value[]> reads = new ArrayList<>();
    private final List<Value[]> writes = new ArrayList<>();

    PartValues(Plan plan, List<Launch> launches, boolean[] skip) {
        this.plan = plan;
        this.all = launches;
        this.skip = skip;
    }

    List<Taken> launches() {
        return launches;
    }

    long area() {
        return area;
    }

    /// Multiply-adds of an image.
    long work() {
        return work;
    }

    /// Bytes of the largest result of an image.
    long most() {
        return values.stream().mapToLong(v -> v.step.advance()).max().orElse(0);
    }

    /// Takes one more launch; false if it does not go with those before, and then nothing more may be added.
    boolean add(int index, OneByOne one) {
        var l = one.launch();
        var in = new Value[one.in().length];
        for (int i = 0; i < in.length; i++) {
            if (one.in()[i] != null) {
                in[i] = read(l.in().get(i), one.in()[i], index);
                if (in[i] == null) {
                    return false;
                }
            }
        }
        boolean adds = one.epilogue().steps().contains(new Epilogue.Step.Sum());
        var out = new Value[one.out().length];
        for (int i = 0; i < out.length; i++) {
            Ref r = l.out().get(i);
            if (adds) {
                out[i] = read(r, one.out()[i], index);
                if (out[i] == null || outside.contains(out[i])) {
                    return false;
                }
            } else {
                out[i] = write(r, one.out()[i], index);
            }
        }
        reads.add(in);
        writes.add(out);
        launches.add(new Taken(index, one, new Place[in.length], new Place[out.length]));
        work += l.kernel() instanceof Kernel.Conv c ? ConvShape.of(c).work() / one.n() : 0;
        return true;
    }

    /// Null if it is not read as it was written.
    private Value read(Ref r, OneByOne.Step step, int index) {
        var v = new Value(r, step, index);
        v.whole.stays = true;
        boolean written = false;
        for (var w : values) {
            if (!w.gone && w.overlaps(r)) {
                if (w.ref.equals(r) && w.step.equals(step)) {
                    w.whole.last = index;
                    return w;
                }
                if (!w.beside(r, step) || written && w.whole != v.whole) {
                    return null;
                }
                v.whole = w.whole;
                v.whole.last = index;
                written = true;
            }
        }
        if (!written) {
            outside.add(v);
        }
        return v;
    }

    private Value write(Ref r, OneByOne.Step step, int index) {
        var v = new Value(r, step, index);
        v.whole.stays = r.memory() != 0;
        for (var w : values) {
            if (!w.gone && w.overlaps(r)) {
                boolean part = w.beside(r, step) && !(w.ref.equals(r) && w.step.equals(step));
                if (part && w.whole != v.whole) {
                    join(w.whole, v.whole);
                    v.whole = w.whole;
                } else if (!part) {
                    w.gone = true;
                }
            }
        }
        values.add(v);
        return v;
    }

    /// Makes one of two that lie beside each other.
    private void join(Whole a, Whole b) {
        a.low = Math.min(a.low, b.low);
        a.begin = Math.min(a.begin, b.begin);
        a.written += b.written;
        a.from = Math.min(a.from, b.from);
        a.last = Math.max(a.last, b.last);
        a.stays |= b.stays;
        values.stream().filter(v -> v.whole == b).forEach(v -> v.whole = a);
    }

    /// Decides where everything is for parts of `size` images; false if parts would get into each other's way.
    boolean place(int size) {
        int end = launches.getLast().index;
        for (var v : values) {
            v.whole.stays |= !v.whole.complete() || needed(v, end);
        }
        var stay = new ArrayList<>(outside);
        values.stream().filter(Value::stays).forEach(stay::add);
        for (var v : values) {
            if (v.stays() && stay.stream().anyMatch(w -> w != v && w.overlaps(v.ref) && !v.beside(w.ref, w.step))) {
                return false;
            }
        }
        var placed = new ArrayList<Whole>();
        for (var w : values.stream().map(v -> v.whole).distinct().filter(w -> !w.stays).toList()) {
            w.at = free(placed.stream().filter(o -> o.last >= w.from).sorted(Comparator.comparingLong(o -> o.at))
                    .toList(), w.advance * size, size);
            placed.add(w);
            area = Math.max(area, w.at + Mem.align(w.advance * size));
        }
        for (int i = 0; i < launches.size(); i++) {
            var t = launches.get(i);
            places(t.in, reads.get(i), t.one.launch().in(), size);
            places(t.out, writes.get(i), t.one.launch().out(), size);
        }
        return true;
    }

    private static void places(Place[] to, Value[] values, List<Ref> refs, int size) {
        for (int i = 0; i < to.length; i++) {
            var v = values[i];
            to[i] = v == null ? new Place(false, refs.get(i), 0, 0)
                    : new Place(!v.stays(), refs.get(i), v.whole.at + v.ref.offset() - v.whole.low,
                            v.step.advance() * size);
        }
    }

    /// The first gap between others that is large enough.
    private static long free(List<Whole> others, long bytes, int size) {
        long at = 0;
        for (var o : others) {
            if (o.at >= at + bytes) {
                break;
            }
            at = Math.max(at, o.at + Mem.align(o.advance * size));
        }
        return at;
    }

    /// True if something after launch `end` may read what was written.
    private boolean needed(Value v, int end) {
        int n = launches.getFirst().one.n();
        var covered = new ArrayList<Ref>();
        for (var w : values) {
            if (w.whole != v.whole && w.whole.from > v.from && w.whole.complete()) {
                covered.add(new Ref(w.ref.memory(), w.whole.low, DType.U8, w.whole.advance * n));
            }
        }
        for (int j : IntStream.range(end + 1, all.size()).filter(j -> !skip[j]).toArray()) {
            var l = all.get(j);
            if (l.in().stream().anyMatch(r -> v.overlaps(r) && !covers(covered, v.ref, r))) {
                return true;
            }
            IntStream.range(0, l.out().size()).filter(k -> Steady.whole(l, k))
                    .forEach(k -> covered.add(l.out().get(k)));
        }
        return plan.results().stream().anyMatch(r -> v.overlaps(r) && !covers(covered, v.ref, r));
    }

    /// True if what two have in common was written over.
    private static boolean covers(List<Ref> covered, Ref a, Ref b) {
        long from = Math.max(a.offset(), b.offset());
        long to = Math.min(a.offset() + a.bytes(), b.offset() + b.bytes());
        return covered.stream().anyMatch(o -> o.memory() == a.memory() && o.offset() <= from
                && o.offset() + o.bytes() >= to);
    }
}
