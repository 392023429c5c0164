package dev.ijen.cuda.ptx;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntFunction;

/// Cuts a region into kernels: one for each set of folded axes, and one more where few results of many points are folded by
/// several blocks each. Values stored at every point go with the last of them, because they may overwrite inputs.
final class Compiler {
    private static final String HEAD = ".version 7.0\n.target sm_75\n.address_size 64\n";
    /// Stands for the name until the text is known that it is made from.
    private static final String NAME = "REGION_NAME";
    private static final int SCRATCH_ALIGNMENT = 256;
    /// Parameters of a kernel are 4 KiB at most.
    private static final int MAX_ADDRESSES = 4096 / Long.BYTES;
    /// Blocks for a multiprocessor at most: a few times what it holds, so that the last ones leave none of them idle for long.
    private static final int BLOCKS = 32;

    /// An odd number of vectors.
    private static final int MANY = 1_000_003;

    private final int multiprocessors;
    private final Functions functions = new Functions();
    private final List<String> entries = new ArrayList<>();
    private final List<RegionLaunch> launches = new ArrayList<>();
    private long scratch;

    private Compiler(int multiprocessors) {
        this.multiprocessors = multiprocessors;
    }

    static RegionCode compile(Region region, int multiprocessors) {
        var c = new Compiler(multiprocessors);
        c.region(region);
        return c.named(Canonical.text(region));
    }

    /// Joins regions that differ in the length of their only axis.
    static RegionCode compile(List<Region> regions, int inputs, int outputs) {
        var c = new Compiler(0);
        var canonical = new StringBuilder();
        var like = regions.getFirst();
        int addresses = c.writer(like, like.stores(), layout(like, like.stores(), 0, false)).arguments().size();
        int most = Math.max(1, MAX_ADDRESSES / addresses);
        for (int i = 0; i < regions.size(); i += most) {
            c.joined(regions, i, Math.min(regions.size(), i + most), inputs, outputs);
        }
        regions.forEach(r -> canonical.append(Canonical.text(r)));
        return c.named(canonical.toString());
    }

    /// The code under its final name.
    private RegionCode named(String canonical) {
        var text = new StringBuilder(HEAD);
        for (var item : Library.get().closure(functions.called())) {
            text.append(item.text());
        }
        entries.forEach(text::append);
        String name = "region_" + hash(canonical + text);
        var all = new ArrayList<RegionLaunch>();
        for (var l : launches) {
            String kernel = l.kernel().replace(NAME, name);
            all.add(new RegionLaunch(kernel, l.gridX(), l.gridY(), l.blockX(), l.blockY(), l.arguments()));
        }
        return new RegionCode(text.toString().replace(NAME, name), List.copyOf(all), scratch);
    }

    private KernelWriter writer(Region r, List<Store> stores, Layout layout) {
        return new KernelWriter(functions, r, stores, layout, Argument.Input::new, Argument.Output::new);
    }

    /// One kernel for the regions from … to − 1.
    private void joined(List<Region> regions, int from, int to, int inputs, int outputs) {
        // the widest vectors that suit one of them; the others go point by point
        int lanes = regions.subList(from, to).stream().mapToInt(r -> layout(r, r.stores(), 0, false).lanes()).max()
                .orElseThrow();
        // of a length that none of them has: what only holds for one, such as that its only index is 0, is not in the text
        var widest = new Region(new int[] {lanes * MANY}, regions.get(from).body(), regions.get(from).stores());
        var layout = layout(widest, widest.stores(), 0, false);
        String name = NAME + "_" + entries.size();
        var ranges = Ranges.of(regions.subList(from, to).stream().mapToInt(Region::points).toArray(), layout.lanes());
        var w = writer(widest, widest.stores(), layout);
        entries.add(w.write(name, ranges));
        var arguments = new ArrayList<Argument>();
        for (int k = from; k < to; k++) {
            for (var a : w.arguments()) {
                arguments.add(
                        switch (a) {
                            case Argument.Input(int i) -> new Argument.Input(k * inputs + i);
                            case Argument.Output(int i) -> new Argument.Output(k * outputs + i);
                            case Argument.Scratch s -> s;
                        });
            }
        }
        launches.add(new RegionLaunch(name, ranges.allBlocks(), 1, Layout.THREADS, 1, List.copyOf(arguments)));
    }

    private static String hash(String s) {
        try {
            byte[] all = MessageDigest.getInstance("SHA-256").digest(s.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(all, 0, 10);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void region(Region region) {
        var sets = new LinkedHashMap<Integer, List<Store>>();
        var plain = new ArrayList<Store>();
        for (var s : region.stores()) {
            int folded = s.fold() == null ? 0 : folded(region.space(), s);
            if (folded == 0) {
                plain.add(new Store(s.value(), s.output(), s.stored(), s.stride(), s.offset(), null));
            } else {
                sets.computeIfAbsent(folded, k -> new ArrayList<>()).add(s);
            }
        }
        int last = sets.isEmpty() ? 0 : sets.lastEntry().getKey();
        sets.computeIfAbsent(last, k -> new ArrayList<>()).addAll(plain);
        for (var e : sets.entrySet()) {
            kernel(region, e.getValue(), e.getKey(), true, Argument.Input::new, Argument.Output::new);
        }
    }

    private static int folded(int[] space, Store s) {
        int m = 0;
        for (int i = 0; i < space.length; i++) {
            m |= space[i] > 1 && s.stride()[i] == 0 ? 1 << i : 0;
        }
        return m;
    }

    private static Layout layout(Region region, List<Store> stores, int folded, boolean split) {
        var live = new ArrayList<Instr>();
        KernelWriter.live(region, stores).stream().forEach(i -> live.add(region.body().get(i)));
        return Layout.of(region, live, stores, folded, split);
    }

    private void kernel(Region region, List<Store> stores, int folded, boolean split, IntFunction<Argument> input,
            IntFunction<Argument> output) {
        var layout = layout(region, stores, folded, split);
        if (layout.splits() == 1) {
            write(region, stores, layout, input, output);
            return;
        }
        var parts = new LinkedHashMap<Integer, Argument>();
        int results = Layout.size(region.space(), layout.kept());
        for (var s : stores) {
            if (s.fold() != null) {
                parts.put(s.output(), new Argument.Scratch(scratch));
                long bytes = (long) layout.splits() * results * s.stored().compute().bytes();
                scratch += Math.ceilDiv(bytes, SCRATCH_ALIGNMENT) * SCRATCH_ALIGNMENT;
            }
        }
        write(region, stores, layout, input, o -> parts.containsKey(o) ? parts.get(o) : output.apply(o));
        var targets = new ArrayList<>(parts.keySet());
        var from = List.copyOf(parts.values());
        kernel(
                ofParts(region, stores, layout),
                ofParts(region, stores, layout).stores(),
                1,
                false,
                from::get,
                i -> output.apply(targets.get(i)));
    }

    /// The region that folds [splits, results] of each fold of another region over splits.
    private static Region ofParts(Region region, List<Store> stores, Layout layout) {
        var kept = layout.kept();
        var space = new int[1 + kept.length];
        var dense = new int[space.length];
        space[0] = layout.splits();
        int n = 1;
        for (int i = kept.length; i > 0; i--) {
            space[i] = region.space()[kept[i - 1]];
            dense[i] = n;
            n *= space[i];
        }
        dense[0] = n;
        var body = new ArrayList<Instr>();
        var folds = new ArrayList<Store>();
        for (var s : stores) {
            if (s.fold() == null) {
                continue;
            }
            var stride = new int[space.length];
            for (int i = 0; i < kept.length; i++) {
                stride[i + 1] = s.stride()[kept[i]];
            }
            body.add(new Instr.Load(body.size(), s.stored().compute(), dense, 0));
            folds.add(new Store(folds.size(), folds.size(), s.stored(), stride, s.offset(), s.fold()));
        }
        return new Region(space, body, folds);
    }

    private void write(Region region, List<Store> stores, Layout layout, IntFunction<Argument> input,
            IntFunction<Argument> output) {
        String name = NAME + "_" + entries.size();
        var w = new KernelWriter(functions, region, stores, layout, input, output);
        entries.add(w.write(name));
        int blocks;
        if (layout.pointwise()) {
            int most = Math.max(1, multiprocessors) * BLOCKS;
            blocks = Math.min(Math.ceilDiv(region.points() / layout.lanes(), Layout.THREADS), most);
        } else {
            blocks = Math.ceilDiv(layout.results(region.space()), layout.across() ? layout.x() : layout.y());
        }
        launches.add(new RegionLaunch(name, blocks, layout.splits(), Layout.THREADS, 1, w.arguments()));
    }
}
