package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Kernel.PoolMode;
import dev.ijen.spi.Plan.Launch;
import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import dev.ijen.spi.Region.Store;
import dev.ijen.tensor.DType;
import java.util.Arrays;

/// A launch that computes each image of a batch by itself, so that it can be run for some of them.
///
/// @param epilogue of a convolution
/// @param n images of the batch
/// @param in from one image to the next in each input; null for inputs that are not read
/// @param out from one image to the next in each output
record OneByOne(Launch launch, Epilogue epilogue, int n, Step[] in, Step[] out) {
    /// @param advance bytes from one image to the next; 0 for what all images read
    /// @param from bytes before the first image's first number
    /// @param to bytes before the end of its last number
    /// @param bytes that an image has, if each of its numbers is met once
    record Step(long advance, long from, long to, long bytes) {
        static Step dense(long bytes) {
            return new Step(bytes, 0, bytes, bytes);
        }
    }

    private static final Step SHARED = new Step(0, 0, 0, 0);

    /// Null if the launch is none of this kind.
    static OneByOne of(Launch l, Epilogue epilogue, int n) {
        var in = new Step[l.in().size()];
        var out = new Step[l.out().size()];
        boolean ok = switch (l.kernel()) {
            case Kernel.Conv c when c.dtype() == DType.F32 && c.pass() == ConvPass.FORWARD && c.n() == n -> {
                var s = ConvShape.of(c);
                in[0] = Step.dense(4 * s.xCount() / n);
                in[Weighted.WEIGHTS] = SHARED;
                out[0] = Step.dense(4 * s.yCount() / n);
                for (var step : epilogue.steps()) {
                    switch (step) {
                        case Epilogue.Step.AddChannel(int i) -> in[i] = SHARED;
                        case Epilogue.Step.MulChannel(int i) -> in[i] = SHARED;
                        case Epilogue.Step.Add(int i) -> in[i] = out[0];
                        case Epilogue.Step.Sum _,Epilogue.Step.Relu _,Epilogue.Step.Clip _ -> {}
                    }
                }
                yield true;
            }
            case Kernel.Pool p when p.dtype() == DType.F32 && p.n() == n
                    && (p.mode() == PoolMode.MAX || p.mode() == PoolMode.SUM) -> {
                var s = ConvShape.of(p);
                in[0] = Step.dense(4 * s.xCount() / n);
                out[0] = Step.dense(4 * s.yCount() / n);
                yield true;
            }
            case Kernel.Softmax s when s.dtype() == DType.F32 && s.rows() % n == 0 -> {
                in[0] = Step.dense(4L * s.rows() / n * s.n());
                out[0] = in[0];
                yield true;
            }
            case Kernel.Loop(var region) -> loop(region, n, in, out);
            default -> false;
        };
        return ok && Arrays.stream(out).allMatch(s -> s.advance > 0) ? new OneByOne(l, epilogue, n, in, out) : null;
    }

    private static boolean loop(Region region, int n, Step[] in, Step... out) {
        int first = region.space()[0];
        if (first % n != 0) {
            return false;
        }
        for (var i : region.body()) {
            switch (i) {
                case Instr.Load l -> {
                    var step = step(region, l.stride(), l.offset(), n, l.stored().bytes());
                    if (step == null || in[l.input()] != null && !in[l.input()].equals(step)) {
                        return false;
                    }
                    in[l.input()] = step;
                }
                case Instr.Index x when x.stride()[0] != 0 -> {
                    return false;
                }
                case Instr.Random _ -> {
                    return false;
                }
                case Instr.Index _,Instr.Imm _,Instr.Unary _,Instr.Binary _,Instr.Select _,Instr.Cast _ -> {}
            }
        }
        for (var s : region.stores()) {
            var step = step(region, s.stride(), s.offset(), n, s.stored().bytes());
            if (step == null || step.advance < step.to - step.from || out[s.output()] != null) {
                return false;
            }
            out[s.output()] = step;
        }
        return true;
    }

    /// Null for steps back.
    private static Step step(Region region, int[] stride, int offset, int n, int bytes) {
        int[] space = region.space();
        int each = space[0] / n;
        long last = (long) (each - 1) * stride[0];
        long count = each; // of places, which folds and broadcasts have fewer of than points
        for (int a = 0; a < stride.length; a++) {
            if (stride[a] < 0) {
                return null;
            }
            last += a == 0 ? 0 : (long) (space[a] - 1) * stride[a];
            count *= a == 0 || stride[a] == 0 ? 1 : space[a];
        }
        return stride[0] == 0 ? SHARED
                : new Step((long) bytes * each * stride[0], (long) bytes * offset, bytes * (offset + last + 1),
                        bytes * count);
    }

    /// The launch for `size` images.
    Launch part(int size) {
        Kernel k = switch (launch.kernel()) {
            case Kernel.Conv c ->
                    new Kernel.Conv(c.dtype(), c.pass(), c.window(), size, c.c(), c.k(), c.groups());
            case Kernel.Pool p -> new Kernel.Pool(p.dtype(), p.mode(), p.window(), size, p.c());
            case Kernel.Softmax s -> new Kernel.Softmax(s.dtype(), s.rows() / n * size, s.n(), s.log());
            case Kernel.Loop(var region) -> new Kernel.Loop(part(region, region.space()[0] / n * size));
            default -> throw new IllegalStateException(launch.kernel().toString());
        };
        return new Launch(k, launch.in(), launch.out(), launch.origin());
    }

    private static Region part(Region r, int first) {
        int drop = first == 1 && r.space().length > 1 ? 1 : 0;
        int[] space = rest(r.space(), drop);
        if (drop == 0) {
            space[0] = first;
        }
        var body = r.body().stream().map(i -> switch (i) {
            case Instr.Load l -> new Instr.Load(l.input(), l.stored(), rest(l.stride(), drop), l.offset());
            case Instr.Index x -> new Instr.Index(rest(x.stride(), drop), x.offset());
            case Instr.Imm _,Instr.Random _,Instr.Unary _,Instr.Binary _,Instr.Select _,Instr.Cast _ -> i;
        }).toList();
        var stores = r.stores().stream()
                .map(s -> new Store(s.value(), s.output(), s.stored(), rest(s.stride(), drop), s.offset(), s.fold()))
                .toList();
        return new Region(space, body, stores);
    }

    private static int[] rest(int[] v, int drop) {
        return Arrays.copyOfRange(v, drop, v.length);
    }
}
