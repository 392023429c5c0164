package dev.ijen.cuda.ptx;

import dev.ijen.cuda.ptx.Asm.Kind;
import dev.ijen.tensor.DType;

/// Loads and stores of global memory, with the conversion between stored and compute type.
final class Memory {
    private Memory() {}

    private static String at(String address, long bytes) {
        return bytes == 0 ? "[" + address + "]" : "[" + address + "+" + bytes + "]";
    }

    /// One element.
    static String load(Asm a, DType stored, String address, long bytes) {
        String m = at(address, bytes);
        return switch (stored) {
            case F32 -> a.make(Kind.F32, "ld.global.f32", m);
            case F64 -> a.make(Kind.F64, "ld.global.f64", m);
            case I32 -> a.b32("ld.global.u32", m);
            case I64 -> a.b64("ld.global.u64", m);
            case F16 -> a.make(Kind.F32, "cvt.f32.f16", a.make(Kind.B16, "ld.global.b16", m));
            case BF16 -> upper(a, a.b32("shl.b32", a.b32("ld.global.u16", m), "16"));
            case I8 -> a.b32("ld.global.s8", m);
            case U8, BOOL -> a.b32("ld.global.u8", m);
        };
    }

    private static String upper(Asm a, String bits) {
        return a.make(Kind.F32, "mov.b32", bits);
    }

    /// `lanes` neighbours at an aligned address.
    static String[] loadVector(Asm a, DType stored, String address, long bytes, int lanes) {
        return switch (stored) {
            case F32 -> words(a, Kind.F32, "f32", 4, address, bytes, lanes);
            case I32 -> words(a, Kind.B32, "u32", 4, address, bytes, lanes);
            case F64 -> words(a, Kind.F64, "f64", 8, address, bytes, lanes);
            case I64 -> words(a, Kind.B64, "u64", 8, address, bytes, lanes);
            case F16, BF16 -> halves(a, stored, address, bytes, lanes);
            case I8, U8, BOOL -> bytes(a, stored == DType.I8 ? "bfe.s32" : "bfe.u32", address, bytes, lanes);
        };
    }

    /// So many words of `size` bytes, 16 bytes an instruction.
    private static String[] words(Asm a, Kind kind, String type, int size, String address, long bytes, int count) {
        var r = new String[count];
        int each = Math.min(count, 16 / size);
        for (int i = 0; i < count; i++) {
            r[i] = a.fresh(kind);
        }
        for (int i = 0; i < count; i += each) {
            String to = list(r, i, each);
            a.op("ld.global." + vector(each) + type, to, at(address, bytes + (long) i * size));
        }
        return r;
    }

    private static String vector(int count) {
        return count == 1 ? "" : "v" + count + ".";
    }

    private static String list(String[] r, int from, int count) {
        if (count == 1) {
            return r[from];
        }
        var s = new StringBuilder("{").append(r[from]);
        for (int i = 1; i < count; i++) {
            s.append(", ").append(r[from + i]);
        }
        return s.append('}').toString();
    }

    private static String[] halves(Asm a, DType stored, String address, long bytes, int lanes) {
        var w = words(a, Kind.B32, "u32", 4, address, bytes, lanes / 2);
        var r = new String[lanes];
        for (int i = 0; i < lanes; i += 2) {
            if (stored == DType.F16) {
                String low = a.fresh(Kind.B16);
                String high = a.fresh(Kind.B16);
                a.op("mov.b32", "{" + low + ", " + high + "}", w[i / 2]);
                r[i] = a.make(Kind.F32, "cvt.f32.f16", low);
                r[i + 1] = a.make(Kind.F32, "cvt.f32.f16", high);
            } else {
                r[i] = upper(a, a.b32("shl.b32", w[i / 2], "16"));
                r[i + 1] = upper(a, a.b32("and.b32", w[i / 2], "0xFFFF0000"));
            }
        }
        return r;
    }

    private static String[] bytes(Asm a, String extract, String address, long bytes, int lanes) {
        var w = lanes == 2
                ? new String[] {a.b32("ld.global.u16", at(address, bytes))}
                : words(a, Kind.B32, "u32", 4, address, bytes, lanes / 4);
        var r = new String[lanes];
        for (int i = 0; i < lanes; i++) {
            r[i] = a.b32(extract, w[i / 4], Integer.toString(i % 4 * 8), "8");
        }
        return r;
    }

    /// Stores a value of the compute type.
    static void store(Asm a, DType stored, String address, long bytes, String v) {
        String m = at(address, bytes);
        switch (stored) {
            case F32 -> a.op("st.global.f32", m, v);
            case F64 -> a.op("st.global.f64", m, v);
            case I32 -> a.op("st.global.u32", m, v);
            case I64 -> a.op("st.global.u64", m, v);
            case F16 -> a.op("st.global.b16", m, CastCode.half(a, v));
            case BF16 -> a.op("st.global.u16", m, a.b32("shr.u32", CastCode.bf16(a, v), "16"));
            case I8, U8 -> a.op("st.global.u8", m, v);
            case BOOL -> a.op("st.global.u8", m, CastCode.truth(a, DType.I32, v));
        }
    }

    /// Stores values to neighbours at an aligned address.
    static void storeVector(Asm a, DType stored, String address, long bytes, String[] v) {
        switch (stored) {
            case F32 -> put(a, "f32", 4, address, bytes, v);
            case I32 -> put(a, "u32", 4, address, bytes, v);
            case F64 -> put(a, "f64", 8, address, bytes, v);
            case I64 -> put(a, "u64", 8, address, bytes, v);
            case F16, BF16 -> {
                var w = new String[v.length / 2];
                for (int i = 0; i < w.length; i++) {
                    w[i] = stored == DType.F16
                            ? a.b32("mov.b32",
                                    "{" + CastCode.half(a, v[2 * i]) + ", " + CastCode.half(a, v[2 * i + 1]) + "}")
                            : a.b32("prmt.b32", CastCode.bf16(a, v[2 * i]), CastCode.bf16(a, v[2 * i + 1]), "0x7632");
                }
                put(a, "u32", 4, address, bytes, w);
            }
            case I8, U8, BOOL -> putBytes(a, stored, address, bytes, v);
        }
    }

    private static void put(Asm a, String type, int size, String address, long bytes, String[] v) {
        int each = Math.min(v.length, 16 / size);
        for (int i = 0; i < v.length; i += each) {
            a.op("st.global." + vector(each) + type, at(address, bytes + (long) i * size), list(v, i, each));
        }
    }

    private static void putBytes(Asm a, DType stored, String address, long bytes, String[] v) {
        var pairs = new String[v.length / 2];
        for (int i = 0; i < pairs.length; i++) {
            String low = stored == DType.BOOL ? CastCode.truth(a, DType.I32, v[2 * i]) : v[2 * i];
            String high = stored == DType.BOOL ? CastCode.truth(a, DType.I32, v[2 * i + 1]) : v[2 * i + 1];
            pairs[i] = a.b32("prmt.b32", low, high, "0x0040");
        }
        if (pairs.length == 1) {
            a.op("st.global.u16", at(address, bytes), pairs[0]);
            return;
        }
        var w = new String[pairs.length / 2];
        for (int i = 0; i < w.length; i++) {
            w[i] = a.b32("prmt.b32", pairs[2 * i], pairs[2 * i + 1], "0x5410");
        }
        put(a, "u32", 4, address, bytes, w);
    }
}
