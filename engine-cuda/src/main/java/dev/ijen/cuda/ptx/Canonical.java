package dev.ijen.cuda.ptx;

import dev.ijen.spi.Region;
import dev.ijen.spi.Region.Instr;
import java.util.Arrays;

/// A region as text: equal regions have equal texts, different ones different texts.
final class Canonical {
    private Canonical() {}

    static String text(Region r) {
        var s = new StringBuilder("space ").append(Arrays.toString(r.space())).append('\n');
        for (var i : r.body()) {
            s.append(
                    switch (i) {
                        case Instr.Load l ->
                                "load " + l.input() + " " + l.stored() + " " + at(l.stride(), l.offset());
                        case Instr.Imm m ->
                                "imm " + m.type() + " " + Double.doubleToRawLongBits(m.real()) + " " + m.whole();
                        case Instr.Index x -> "index " + at(x.stride(), x.offset());
                        case Instr.Random x ->
                                "random " + x.state() + " " + x.stream() + " " + at(x.stride(), x.offset());
                        case Instr.Unary u -> u.f() + " " + u.type() + " " + u.a();
                        case Instr.Binary b -> b.f() + " " + b.of() + " " + b.a() + " " + b.b();
                        case Instr.Select x -> "select " + x.type() + " " + x.c() + " " + x.a() + " " + x.b();
                        case Instr.Cast c -> "cast " + c.from() + " " + c.to() + " " + c.a();
                    });
            s.append('\n');
        }
        for (var x : r.stores()) {
            s.append("store ").append(x.value()).append(' ').append(x.output()).append(' ').append(x.stored())
                    .append(' ');
            s.append(at(x.stride(), x.offset())).append(' ').append(x.fold()).append('\n');
        }
        return s.toString();
    }

    private static String at(int[] stride, int offset) {
        return Arrays.toString(stride) + "+" + offset;
    }
}
