package dev.ijen.format;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// PyTorch's `.pt` and `.pth` files since version 1.6: a ZIP archive of `data.pkl` and one entry a storage. Only tensors,
/// numbers, text, lists and dictionaries are read; a file that asks for anything else to be called is refused with the
/// name of what it asks for. Nothing in it is ever run.
public final class Torch {
    private static final long MAX_PICKLE = 64L << 20;
    private static final long MAX_BYTES = 8L << 30;
    private static final long BEST_RATIO = 1032; // of deflate: 258 bytes from two bits
    private static final int DEEPEST = 64;
    private static final int MOST_VALUES = 1_000_000;
    private static final Map<String, DType> STORAGES = Map.ofEntries(
            Map.entry("torch.DoubleStorage", DType.F64), Map.entry("torch.FloatStorage", DType.F32),
            Map.entry("torch.HalfStorage", DType.F16), Map.entry("torch.BFloat16Storage", DType.BF16),
            Map.entry("torch.LongStorage", DType.I64), Map.entry("torch.IntStorage", DType.I32),
            Map.entry("torch.ShortStorage", DType.I32), Map.entry("torch.CharStorage", DType.I8),
            Map.entry("torch.ByteStorage", DType.U8), Map.entry("torch.BoolStorage", DType.BOOL));

    private record Storage(DType dtype, int width, byte[] bytes) {}

    private final Path file;
    private final ZipFile zip;
    private final String prefix;
    private final Map<String, Storage> storages = new HashMap<>();
    private final Map<String, HostTensor> tensors = new LinkedHashMap<>();
    private long left;
    private long made;
    private int values;

    private Torch(Path file, ZipFile zip, String prefix, long size) {
        this.file = file;
        this.zip = zip;
        this.prefix = prefix;
        this.left = MAX_BYTES;
        this.made = Math.max(64L << 20, 4 * size);
    }

    /// All tensors by dotted name, as in `state_dict`: keys of dictionaries and places in lists. A file of a single
    /// tensor gives `tensor`. Elements of int16 become I32.
    public static Map<String, HostTensor> read(Path file) {
        if (!Files.exists(file)) {
            throw FormatException.missing(file, "check the spelling of the path");
        }
        refuseLegacy(file);
        try (var zip = new ZipFile(file.toFile())) {
            ZipEntry pickle = null;
            int n = 0;
            for (var all = zip.entries().asIterator(); all.hasNext();) {
                var e = all.next();
                if (++n > 1_000_000) {
                    throw FormatException.unsupported(
                            file, "size", "more than a million entries", "fewer", "split the archive");
                }
                if (e.getName().equals("data.pkl") || e.getName().endsWith("/data.pkl")) {
                    if (pickle != null) {
                        throw damaged(file, "the archive", "two entries data.pkl", "one");
                    }
                    pickle = e;
                }
            }
            if (pickle == null) {
                throw damaged(file, "the archive", "no entry data.pkl", "a file of torch.save");
            }
            String name = pickle.getName();
            var reader = new Torch(file, zip, name.substring(0, name.length() - 8), Files.size(file));
            return reader.all(pickle);
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw FormatException.damaged(
                    file, "the archive", String.valueOf(e.getMessage()),
                    "a ZIP archive: a file of torch.save since PyTorch 1.6",
                    "save it again with a newer PyTorch, or fetch the file again", e);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    /// Files of PyTorch before 1.6 begin with the pickle itself; nothing of it is looked at.
    private static void refuseLegacy(Path file) {
        try (var in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(2);
            if (head.length == 2 && head[0] == (byte) 0x80 && head[1] >= 0 && head[1] <= 5) {
                throw FormatException.unsupported(
                        file, "the form of PyTorch before 1.6", "a pickle that is no ZIP archive",
                        "a file of torch.save since PyTorch 1.6",
                        "if you trust it, save it again: torch.save(torch.load('OLD.pt', weights_only=True), 'NEW.pt')");
            }
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    private static FormatException damaged(Object file, String where, String got, String expected) {
        return FormatException.damaged(file, where, got, expected, "fetch or save the file again");
    }

    private Map<String, HostTensor> all(ZipEntry pickle) throws IOException {
        var order = zip.getEntry(prefix + "byteorder");
        if (order != null && !new String(bytes(order, 16), java.nio.charset.StandardCharsets.UTF_8).equals("little")) {
            throw FormatException.unsupported(
                    file, "byte order", "another than little", "little-endian tensors", "save it on another machine");
        }
        Object top = Pickle.read(file + " entry '" + pickle.getName() + "'", bytes(pickle, MAX_PICKLE), calls());
        collect("", top, 0);
        return tensors;
    }

    private void collect(String name, Object value, int depth) {
        if (depth > DEEPEST || ++values > MOST_VALUES) {
            throw damaged(file, "'" + name + "'", "values within values without end", "at most " + DEEPEST + " deep");
        }
        switch (value) {
            case HostTensor t -> {
                if (tensors.put(name.isEmpty() ? "tensor" : name, t) != null) {
                    throw damaged(file, "'" + name + "'", "two tensors of that name", "one");
                }
            }
            case Map<?, ?> m -> m.forEach((k, v) -> collect(join(name, k), v, depth + 1));
            case List<?> l -> {
                for (int i = 0; i < l.size(); i++) {
                    collect(join(name, i), l.get(i), depth + 1);
                }
            }
            case null, default -> {
            } // epochs, names, settings: no tensors
        }
    }

    private static String join(String name, Object key) {
        return name.isEmpty() ? String.valueOf(key) : name + "." + key;
    }

    private Pickle.Calls calls() {
        return new Pickle.Calls() {
            @Override
            public boolean knows(String name) {
                return STORAGES.containsKey(name) || switch (name) {
                    case "collections.OrderedDict", "torch._utils._rebuild_tensor_v2",
                            "torch._utils._rebuild_parameter" -> true;
                    default -> false;
                };
            }

            @Override
            public Object call(String name, List<?> a) {
                return switch (name) {
                    case "collections.OrderedDict" -> new LinkedHashMap<Object, Object>();
                    case "torch._utils._rebuild_parameter" -> a.getFirst();
                    case "torch._utils._rebuild_tensor_v2" ->
                            tensor((Storage) a.get(0), (Long) a.get(1), longs(a.get(2)), longs(a.get(3)));
                    default -> throw damaged(file, "its pickle", "a call of " + name, "a storage by its number");
                };
            }

            @Override
            public Object persistent(Object id) {
                // ("storage", class, key, device, elements)
                var p = (List<?>) id;
                if (p.size() < 5 || !"storage".equals(p.get(0)) || !(p.get(1) instanceof Pickle.Global g)
                        || !STORAGES.containsKey(g.name())) {
                    throw damaged(file, "its pickle", "a persistent id that is no storage", "a storage");
                }
                return storage(g.name(), (String) p.get(2), (Long) p.get(4));
            }
        };
    }

    private static long[] longs(Object list) {
        return ((List<?>) list).stream().mapToLong(v -> (Long) v).toArray();
    }

    private Storage storage(String type, String key, long count) {
        var dtype = STORAGES.get(type);
        int width = type.equals("torch.ShortStorage") ? 2 : dtype.bytes();
        var known = storages.get(key);
        if (known == null) {
            var entry = zip.getEntry(prefix + "data/" + key);
            if (entry == null || count < 0 || count > MAX_BYTES || entry.getSize() != count * width) {
                throw damaged(
                        file, "storage '" + key + "'",
                        entry == null ? "no such entry" : entry.getSize() + " bytes",
                        count + " elements of " + width + " bytes");
            }
            try {
                known = new Storage(dtype, width, bytes(entry, Integer.MAX_VALUE - 8L));
            } catch (IOException e) {
                throw FormatException.damaged(
                        file, "storage '" + key + "'", String.valueOf(e.getMessage()), "its bytes",
                        "fetch the file again", e);
            }
            storages.put(key, known);
        }
        if (known.dtype() != dtype || known.bytes().length != count * width) {
            throw damaged(file, "storage '" + key + "'", "two types or sizes", "one");
        }
        return known;
    }

    /// An entry's bytes, unless it claims more than it can hold.
    private byte[] bytes(ZipEntry e, long most) throws IOException {
        long size = e.getSize();
        long could = Math.max(e.getCompressedSize(), 0) * (e.getMethod() == ZipEntry.STORED ? 1 : BEST_RATIO) + 64;
        long limit = Math.min(most, Math.min(could, left));
        if (size < 0 || size > limit) {
            throw FormatException.damaged(
                    file, "entry '" + e.getName() + "'",
                    size + " bytes from " + e.getCompressedSize() + " compressed ones", "at most " + limit,
                    "do not use this file: it may be a decompression bomb");
        }
        left -= size;
        try (var in = zip.getInputStream(e)) {
            byte[] all = in.readNBytes((int) size);
            if (all.length != size || in.read() >= 0) {
                throw damaged(file, "entry '" + e.getName() + "'", "more or fewer bytes", size + " bytes");
            }
            return all;
        }
    }

    private HostTensor tensor(Storage s, long offset, long[] size, long[] stride) {
        if (size.length != stride.length || size.length > 32) {
            throw damaged(file, "a tensor", size.length + " axes, " + stride.length + " strides", "as many");
        }
        var dims = new int[size.length];
        long count = 1;
        for (long d : size) {
            if (d < 0 || d > Integer.MAX_VALUE) {
                throw damaged(file, "a tensor", "an axis of " + d, "0 to " + Integer.MAX_VALUE);
            }
            count = Math.min(Long.MAX_VALUE >> 32, count * d);
        }
        long last = Math.clamp(offset, -1, 1L << 40);
        for (int a = 0; a < dims.length; a++) {
            dims[a] = (int) size[a];
            if (stride[a] < 0 || stride[a] > MAX_BYTES) {
                throw damaged(file, "a tensor", "a stride of " + stride[a], "0 or more");
            }
            last = Math.min(1L << 40,
                    last + Math.min(1L << 40, Math.max(0, size[a] - 1) * Math.min(stride[a], 1L << 31)));
        }
        long elements = s.bytes().length / s.width();
        made -= count * s.dtype().bytes();
        if (offset < 0 || offset > elements || last < 0 || count > 0 && last >= elements || made < 0) {
            throw damaged(
                    file, "a tensor",
                    java.util.Arrays.toString(size) + " from element " + offset + ", strides "
                            + java.util.Arrays.toString(stride),
                    "elements within the " + elements + " of its storage");
        }
        var t = HostTensor.zeros(s.dtype(), Shape.of(dims));
        copy(s, offset, dims, stride, t);
        if (s.dtype() == DType.BOOL) {
            Segments.checkBooleans(file, t.data());
        }
        return t;
    }

    private static void copy(Storage s, long offset, int[] dims, long[] stride, HostTensor t) {
        var from = MemorySegment.ofArray(s.bytes());
        var index = new int[dims.length];
        long at = offset;
        for (int i = 0; i < t.shape().size(); i++) {
            if (s.width() == t.dtype().bytes()) {
                MemorySegment.copy(from, at * s.width(), t.data(), (long) i * s.width(), s.width());
            } else {
                t.set(i, from.get(
                        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at * s.width()));
            }
            for (int a = dims.length - 1; a >= 0; a--) {
                at += stride[a];
                if (++index[a] < dims[a]) {
                    break;
                }
                at -= stride[a] * dims[a];
                index[a] = 0;
            }
        }
    }
}
