package dev.ijen.format;

import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A memory-mapped safetensors file (<https://github.com/huggingface/safetensors>): eight bytes header length, a JSON
/// header, then the tensors' bytes without holes or overlaps. The header is at most [#MAX_HEADER] bytes and checked in
/// full when the file is opened; element types F64, F32, F16, BF16, I64, I32, I8, U8 and BOOL are read, others refused
/// by name.
///
/// Tensors given out are views of the mapping and end with [#close].
public final class Safetensors implements AutoCloseable {
    /// The longest header that is read, in bytes.
    public static final long MAX_HEADER = 100_000_000;

    private final Path file;
    private final Arena arena;
    private final MemorySegment data;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    /// One tensor of a file.
    ///
    /// @param name unique in the file
    /// @param dtype element type
    /// @param shape extents
    /// @param offset of the first byte, from the end of the header
    /// @param bytes length
    public record Entry(String name, DType dtype, Shape shape, long offset, long bytes) {}

    private Safetensors(Path file, Arena arena, MemorySegment data, SafetensorsHeader header) {
        this.file = file;
        this.arena = arena;
        this.data = data;
        this.entries = header.entries();
        this.metadata = header.metadata();
    }

    /// Maps a file and checks its header.
    ///
    /// @throws FormatException if it is missing or breaks a rule of the format
    public static Safetensors open(Path file) {
        var arena = Arena.ofShared();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < 8) {
                throw FormatException.damaged(
                        file, "offset 0", size + " bytes", "at least 8 (the header's length)", "fetch the file again");
            }
            var all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long length = all.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
            if (length < 2 || length > MAX_HEADER) {
                throw FormatException.damaged(
                        file,
                        "offset 0",
                        "a header of " + Long.toUnsignedString(length) + " bytes",
                        "2 to " + MAX_HEADER + " bytes",
                        "check that it is a safetensors file");
            }
            if (length > size - 8) {
                throw FormatException.damaged(
                        file,
                        "offset 0",
                        "a header of " + length + " bytes in a file of " + size,
                        "the whole header",
                        "the file is cut off: fetch it again");
            }
            var header = SafetensorsHeader.parse(file, all.asSlice(8, length), size - 8 - length);
            return new Safetensors(file, arena, all.asSlice(8 + length), header);
        } catch (IOException e) {
            arena.close();
            throw FormatException.of(file, e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /// All tensors of a file, copied to the heap.
    public static Map<String, HostTensor> read(Path file) {
        try (var open = open(file)) {
            return copies(open.names(), open::get);
        }
    }

    /// Tensors that lie in a file, on the heap.
    static Map<String, HostTensor> copies(List<String> names, Function<String, HostTensor> views) {
        var all = new LinkedHashMap<String, HostTensor>();
        for (String name : names) {
            var view = views.apply(name);
            var copy = HostTensor.zeros(view.dtype(), view.shape());
            MemorySegment.copy(view.data(), 0, copy.data(), 0, view.data().byteSize());
            all.put(name, copy);
        }
        return all;
    }

    /// Writes tensors atomically. The same tensors give the same bytes whatever the map's order: larger element types
    /// first, then by name, so that every tensor is aligned to its element.
    ///
    /// @param metadata free text by key, kept in the header
    public static void write(Path file, Map<String, HostTensor> tensors, Map<String, String> metadata) {
        var header = SafetensorsHeader.of(file, tensors, metadata);
        byte[] bytes = header.encode();
        if (bytes.length > MAX_HEADER) {
            throw new IjenException(
                    "cannot write " + file,
                    "a header of " + bytes.length + " bytes",
                    "at most " + MAX_HEADER,
                    "write fewer tensors or less metadata");
        }
        AtomicFiles.writeChannel(file, out -> {
            var length = MemorySegment.ofArray(new byte[8]);
            length.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, bytes.length);
            Segments.write(out, length);
            Segments.write(out, MemorySegment.ofArray(bytes));
            for (Entry e : header.entries().values()) {
                Segments.write(out, tensors.get(e.name()).data());
            }
        });
    }

    /// The tensors' names in the order of their bytes.
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /// Whether a tensor of this name is there.
    public boolean has(String name) {
        return entries.containsKey(name);
    }

    /// Type, shape and place of a tensor.
    public Entry info(String name) {
        var e = entries.get(name);
        if (e == null) {
            throw FormatException.lacking(file, "no tensor '" + name + "'" + Names.nearest(name, entries.keySet()),
                    entries.size() + " other tensors", "a tensor of that name",
                    "check that the file belongs to this model");
        }
        return e;
    }

    /// A tensor's values: a view of the file, valid until [#close].
    public HostTensor get(String name) {
        var e = info(name);
        var view = data.asSlice(e.offset(), e.bytes());
        if (e.dtype() == DType.BOOL) {
            Segments.checkBooleans(file + " tensor '" + name + "'", view);
        }
        return new HostTensor(e.dtype(), e.shape(), view);
    }

    /// The file's free text by key.
    public Map<String, String> metadata() {
        return metadata;
    }

    /// Ends the mapping and every view of it.
    @Override
    public void close() {
        arena.close();
    }
}
