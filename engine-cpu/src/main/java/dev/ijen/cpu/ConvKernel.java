package dev.ijen.cpu;

import dev.ijen.spi.Kernel;
import dev.ijen.spi.Kernel.ConvPass;
import dev.ijen.spi.Window;
import dev.ijen.tensor.DType;
import java.util.List;

/// Chooses how a convolution is computed.
final class ConvKernel {
    private ConvKernel() {}

    static CpuKernel of(Kernel.Conv conv, Pool pool, Native nat) {
        var s = ConvShape.of(conv);
        long out = switch (conv.pass()) {
            case FORWARD -> s.yCount();
            case INPUT_GRADIENT -> s.xCount();
            case FILTER_GRADIENT -> s.wCount();
        };
        if (s.xCount() == 0 || s.yCount() == 0 || s.wCount() == 0) {
            return new Nothing(out * conv.dtype().bytes());
        }
        return switch (conv.dtype()) {
            case F32 -> f32(conv, pool, nat);
            case F64 -> JavaConv.of(conv, pool);
            case F16, BF16 -> half(conv, s, out, pool, nat);
            case I32, I64, I8, U8, BOOL -> throw new IllegalArgumentException("convolution of " + conv.dtype());
        };
    }

    private static CpuKernel half(Kernel.Conv conv, ConvShape s, long out, Pool pool, Native nat) {
        var kernel = conv.dtype() == DType.BF16 ? library(conv, pool, nat) : null;
        if (kernel != null) {
            return kernel;
        }
        var wide = new Kernel.Conv(
                DType.F32, conv.pass(), conv.window(), conv.n(), conv.c(), conv.k(), conv.groups());
        long first = conv.pass() == ConvPass.INPUT_GRADIENT ? s.yCount() : s.xCount();
        long second = conv.pass() == ConvPass.FILTER_GRADIENT ? s.yCount() : s.wCount();
        return new Halves(
                HalfCopy.of(conv.dtype(), nat.machineCode().isEmpty()), f32(wide, pool, nat), out, first, second);
    }

    private static CpuKernel f32(Kernel.Conv conv, Pool pool, Native nat) {
        var kernel = library(conv, pool, nat);
        return kernel == null ? JavaConv.of(conv, pool) : kernel;
    }

    /// Null where the library is not there, wrong or slow.
    private static CpuKernel library(Kernel.Conv conv, Pool pool, Native nat) {
        if (!nat.present() || wrongInLibrary(conv)) {
            return null;
        }
        var winograd = Winograd.of(conv, pool, nat);
        if (winograd != null) {
            return winograd;
        }
        var few = own(conv, Epilogue.NONE, pool, nat);
        if (few != null) {
            return few;
        }
        var steps = StridedConv.of(conv, nat);
        if (steps != null) {
            return steps;
        }
        var strided = StridedConvFilter.of(conv, pool, nat);
        if (strided != null) {
            return strided;
        }
        var slices = DnnlConvSlices.of(conv, pool);
        if (slices != null) {
            return slices;
        }
        return conv.pass() == ConvPass.FILTER_GRADIENT
                ? DnnlConvFilter.of(conv, DnnlConvFilter.Cut.of(conv), pool)
                : DnnlConv.of(conv, DnnlConv.pieces(conv), Epilogue.NONE, pool);
    }

    /// In machine code of our own; null where that is not the way.
    private static CpuKernel own(Kernel.Conv conv, Epilogue epilogue, Pool pool, Native nat) {
        var few = DirectConv.of(conv, epilogue, pool, nat.target());
        return few != null || epilogue.planes() ? few : DepthConv.of(conv, epilogue, pool, nat.target());
    }

    /// A forward convolution of F32 with what follows it, as one task for the calling thread; null where there is no good way.
    static CpuKernel alone(Kernel.Conv conv, Epilogue epilogue, Native nat) {
        var s = ConvShape.of(conv);
        if (!nat.present() || wrongInLibrary(conv) || s.xCount() == 0 || s.yCount() == 0 || s.wCount() == 0) {
            return null;
        }
        var winograd = epilogue.isEmpty() ? Winograd.of(conv, ThreadPool.NONE, nat) : null;
        if (winograd != null) {
            return winograd;
        }
        var few = own(conv, epilogue, ThreadPool.NONE, nat);
        if (few != null || epilogue.planes()) {
            return few;
        }
        var flat = flat(conv);
        var p = ConvProblem.of(flat);
        return DnnlConv.of(flat, ConvPiece.cut(p, p.n(), (int) p.out()[0]), epilogue, ThreadPool.NONE);
    }

    /// Where each output is made of the input at its place alone: the convolution over a row of all of them, which can be cut anywhere.
    private static Kernel.Conv flat(Kernel.Conv conv) {
        var s = ConvShape.of(conv);
        long places = (long) s.n() * s.outputs();
        if (conv.pass() != ConvPass.FORWARD || s.groups() > 1 || !s.pointwise() || places > Integer.MAX_VALUE) {
            return conv;
        }
        var row = List.of((int) places);
        var one = List.of(1);
        var window = new Window(row, row, one, one, List.of(0), one);
        return new Kernel.Conv(conv.dtype(), conv.pass(), window, 1, conv.c(), conv.k(), 1);
    }

    /// A forward convolution that does more to its result; null where that is not how it is computed.
    static CpuKernel of(Kernel.Conv conv, Epilogue epilogue, Pool pool, Native nat) {
        var s = ConvShape.of(conv);
        boolean direct = conv.dtype() == DType.F32 && s.xCount() > 0 && s.yCount() > 0 && s.wCount() > 0
                && nat.present() && !wrongInLibrary(conv) && Winograd.of(conv, pool, nat) == null
                && DnnlConvSlices.of(conv, pool) == null;
        var few = direct ? own(conv, epilogue, pool, nat) : null;
        if (few != null || !direct || epilogue.planes()) {
            return few;
        }
        var flat = flat(conv);
        return DnnlConv.of(flat, DnnlConv.pieces(flat), epilogue, pool);
    }

    /// Geometries of which oneDNN 3.11 computes something else, found by comparing thousands of random ones with plain loops: one
    /// input channel where a stride leads to a single output column, and filter gradients where more than half of a window may
    /// lie in the padding. BF16 is multiplied in pairs of channels, and there two are like one.
    private static boolean wrongInLibrary(Kernel.Conv conv) {
        var w = conv.window();
        if (conv.pass() != ConvPass.FILTER_GRADIENT) {
            int few = conv.dtype() == DType.BF16 ? 2 : 1;
            return conv.c() <= few * conv.groups() && w.out().getLast() == 1 && w.stride().getLast() > 1;
        }
        for (int i = 0; i < w.rank(); i++) {
            int reach = (w.size().get(i) - 1) * w.dilation().get(i) + 1;
            int high = (w.out().get(i) - 1) * w.stride().get(i) + reach - w.in().get(i) - w.padLow().get(i);
            if (2 * Math.max(w.padLow().get(i), high) > reach) {
                return true;
            }
        }
        return false;
    }
}
