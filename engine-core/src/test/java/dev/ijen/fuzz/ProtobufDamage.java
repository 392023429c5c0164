package dev.ijen.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Changes one field somewhere in nested messages; the lengths around it are put right again.
final class ProtobufDamage {
    private ProtobufDamage() {}

    /// A field with its key.
    private record Field(long key, long number, byte[] bytes) {}

    static byte[] damage(Mutator m, byte[] good) {
        var fields = parse(good);
        var r = m.random();
        if (fields.isEmpty()) {
            return m.bytes(good, List.of(good));
        }
        int i = r.nextInt(fields.size());
        var f = fields.get(i);
        boolean nested = f.bytes != null && !parse(f.bytes).isEmpty();
        switch (nested && r.nextInt(4) > 0 ? 9 : r.nextInt(6)) {
            case 0 -> fields.remove(i);
            case 1 -> fields.add(i, fields.get(r.nextInt(fields.size())));
            case 2 -> Collections.swap(fields, i, r.nextInt(fields.size()));
            case 3 -> fields.set(i, new Field((long) r.nextInt(40) << 3 | f.key & 7, f.number, f.bytes));
            case 4 -> fields.set(i, f.bytes == null
                    ? new Field(f.key, m.edge(), null)
                    : new Field(f.key, 0, m.bytes(f.bytes, List.of(f.bytes))));
            case 5 -> fields.set(i, f.bytes == null
                    ? new Field(f.key, r.nextInt(64), null)
                    : new Field(f.key, 0, java.util.Arrays.copyOf(f.bytes, r.nextInt(f.bytes.length + 8))));
            default -> fields.set(i, new Field(f.key, 0, damage(m, f.bytes)));
        }
        return write(fields);
    }

    /// The fields of a message, or none if the bytes are not one.
    private static List<Field> parse(byte[] b) {
        var all = new ArrayList<Field>();
        var at = new int[1];
        while (at[0] < b.length) {
            long key = varint(b, at);
            switch ((int) key & 7) {
                case 0 -> all.add(new Field(key, varint(b, at), null));
                case 2 -> {
                    long n = varint(b, at);
                    if (n < 0 || n > b.length - at[0]) {
                        return new ArrayList<>();
                    }
                    all.add(new Field(key, 0, java.util.Arrays.copyOfRange(b, at[0], at[0] += (int) n)));
                }
                default -> {
                    return new ArrayList<>();
                }
            }
        }
        return all;
    }

    private static long varint(byte[] b, int[] at) {
        long v = 0;
        for (int shift = 0; shift < 64 && at[0] < b.length; shift += 7) {
            byte x = b[at[0]++];
            v |= (long) (x & 0x7f) << shift;
            if (x >= 0) {
                break;
            }
        }
        return v;
    }

    private static byte[] write(List<Field> fields) {
        var out = new ByteArrayOutputStream();
        for (var f : fields) {
            varint(out, f.key);
            if ((f.key & 7) == 2 && f.bytes != null) {
                varint(out, f.bytes.length);
                out.writeBytes(f.bytes);
            } else {
                varint(out, f.number);
            }
        }
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long v) {
        while ((v & ~0x7fL) != 0) {
            out.write((int) (v & 0x7f | 0x80));
            v >>>= 7;
        }
        out.write((int) v);
    }
}
