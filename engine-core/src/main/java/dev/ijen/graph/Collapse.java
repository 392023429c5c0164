package dev.ijen.graph;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Brings a loop nest to canonical form: drops axes of extent 1 and merges neighbours that every access walks as one.
final class Collapse {
    private Collapse() {}

    /// A merged axis: its extent, and the original axis whose strides it has (−1 if there is none).
    private static final class Axis {
        int extent;
        int carrier;

        Axis(int extent, int carrier) {
            this.extent = extent;
            this.carrier = carrier;
        }
    }

    static Region run(int[] dims, List<Instr> body, List<Region.Store> stores) {
        var all = new ArrayList<int[]>();
        for (var i : body) {
            switch (i) {
                case Instr.Load l -> all.add(l.stride());
                case Instr.Index x -> all.add(x.stride());
                case Instr.Random r -> all.add(r.stride());
                case Instr.Imm x -> {}
                case Instr.Unary x -> {}
                case Instr.Binary x -> {}
                case Instr.Select x -> {}
                case Instr.Cast x -> {}
            }
        }
        for (var s : stores) {
            all.add(s.stride());
        }
        var axes = new ArrayList<Axis>();
        for (int a = 0; a < dims.length; a++) {
            if (dims[a] == 1) {
                continue;
            }
            var last = axes.isEmpty() ? null : axes.getLast();
            if (last != null && mergeable(all, last.carrier, a, dims[a])) {
                last.extent *= dims[a];
                last.carrier = a;
            } else {
                axes.add(new Axis(dims[a], a));
            }
        }
        if (axes.isEmpty()) {
            axes.add(new Axis(1, -1));
        }
        var newBody = new ArrayList<Instr>();
        for (var i : body) {
            newBody.add(
                    switch (i) {
                        case Instr.Load l -> new Instr.Load(l.input(), l.stored(), pick(l.stride(), axes), l.offset());
                        case Instr.Index x -> new Instr.Index(pick(x.stride(), axes), x.offset());
                        case Instr.Random r ->
                                new Instr.Random(r.state(), r.stream(), pick(r.stride(), axes), r.offset());
                        case Instr.Imm x -> x;
                        case Instr.Unary x -> x;
                        case Instr.Binary x -> x;
                        case Instr.Select x -> x;
                        case Instr.Cast x -> x;
                    });
        }
        var newStores = new ArrayList<Region.Store>();
        for (var s : stores) {
            newStores.add(new Region.Store(
                    s.value(), s.output(), s.stored(), pick(s.stride(), axes), s.offset(), s.fold()));
        }
        int[] space = axes.stream().mapToInt(a -> a.extent).toArray();
        return new Region(space, List.copyOf(newBody), List.copyOf(newStores));
    }

    private static boolean mergeable(List<int[]> strides, int outer, int inner, int extent) {
        for (var s : strides) {
            if (s[outer] != s[inner] * extent) {
                return false;
            }
        }
        return true;
    }

    private static int[] pick(int[] stride, List<Axis> axes) {
        var r = new int[axes.size()];
        Arrays.setAll(r, i -> axes.get(i).carrier < 0 ? 0 : stride[axes.get(i).carrier]);
        return r;
    }
}
