package dev.ijen.format;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.ijen.format.Safetensors.Entry;
import dev.ijen.tensor.DType;
import dev.ijen.tensor.HostTensor;
import dev.ijen.tensor.IjenException;
import dev.ijen.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The JSON header: `{"__metadata__": {text: text}, name: {"dtype": code, "shape": [...], "data_offsets": [from,
/// to]}}`.
///
/// @param entries by name in the order of their bytes
/// @param metadata free text
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    private static final String METADATA = "__metadata__";
    private static final int MAX_TENSORS = 250_000;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxNumberLength(20)
                    .maxNameLength(10_000)
                    .maxStringLength(50_000_000)
                    .build())
            .build();

    /// Reads and checks a header whose tensors share `space` bytes.
    static SafetensorsHeader parse(Path file, MemorySegment header, long space) {
        if (header.get(ValueLayout.JAVA_BYTE, 0) != '{') {
            throw broken(file, 8, "no '{'", "a JSON object");
        }
        var entries = new ArrayList<Entry>();
        var metadata = new LinkedHashMap<String, String>();
        try (var json = JSON.createParser(Segments.input(header))) {
            json.nextToken();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                if (json.nextToken() != JsonToken.START_OBJECT) {
                    throw broken(file, json, "'" + name + "' is no object", "an object for every name");
                }
                if (name.equals(METADATA)) {
                    readMetadata(file, json, metadata);
                } else if (entries.size() == MAX_TENSORS) {
                    throw broken(file, json, "more than " + MAX_TENSORS + " tensors", "at most as many");
                } else {
                    entries.add(readEntry(file, json, name));
                }
            }
            if (json.nextToken() != null) {
                throw broken(file, json, "more after the object", "only spaces up to the header's end");
            }
        } catch (JacksonException e) {
            long at = e.getLocation() == null ? 8 : 8 + Math.max(0, e.getLocation().getByteOffset());
            throw FormatException.damaged(
                    file, "offset " + at, e.getOriginalMessage(), "a JSON header", "fetch or write the file again", e);
        } catch (IOException e) {
            throw FormatException.unreadable(file, e);
        }
        return new SafetensorsHeader(inOrder(file, entries, space), Collections.unmodifiableMap(metadata));
    }

    private static void readMetadata(Path file, JsonParser json, Map<String, String> to) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw broken(file, json, "metadata '" + key + "' is no text", "text for every key of __metadata__");
            }
            to.put(key, json.getText());
        }
    }

    private static Entry readEntry(Path file, JsonParser json, String name) throws IOException {
        String code = null;
        long[] shape = null;
        long[] offsets = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "dtype" -> {
                    if (json.currentToken() != JsonToken.VALUE_STRING) {
                        throw broken(file, json, "dtype of '" + name + "' is no text", "a type code such as F32");
                    }
                    code = json.getText();
                }
                case "shape" -> shape = readLongs(file, json, name, key, Shape.MAX_RANK);
                case "data_offsets" -> offsets = readLongs(file, json, name, key, 2);
                default -> json.skipChildren();
            }
        }
        if (code == null || shape == null || offsets == null || offsets.length != 2) {
            throw broken(file, json, "an incomplete '" + name + "'", "dtype, shape and two data_offsets");
        }
        var dims = new int[shape.length];
        long count = 1;
        for (int i = 0; i < dims.length; i++) {
            if (shape[i] > Integer.MAX_VALUE) {
                throw tooLarge(file, name, shape);
            }
            dims[i] = (int) shape[i];
            count = dims[i] == 0 || count == 0 ? 0 : Math.min(count * dims[i], Integer.MAX_VALUE + 1L);
        }
        if (count > Integer.MAX_VALUE) {
            throw tooLarge(file, name, shape);
        }
        DType dtype = dtype(file, name, code);
        if (offsets[1] - offsets[0] != count * dtype.bytes()) {
            throw broken(
                    file,
                    json,
                    (offsets[1] - offsets[0]) + " bytes for '" + name + "' " + code + Shape.of(dims),
                    count * dtype.bytes() + " bytes");
        }
        return new Entry(name, dtype, Shape.of(dims), offsets[0], offsets[1] - offsets[0]);
    }

    private static long[] readLongs(Path file, JsonParser json, String name, String key, int most) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw broken(file, json, key + " of '" + name + "' is no array", "an array of whole numbers");
        }
        var values = new long[most];
        int n = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (n == most) {
                throw broken(file, json, key + " of '" + name + "' has more than " + most + " numbers",
                        "at most " + most);
            }
            boolean whole = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            if (!whole || json.getLongValue() < 0) {
                throw broken(file, json, key + " of '" + name + "' holds " + json.getText(), "whole numbers from 0");
            }
            values[n++] = json.getLongValue();
        }
        return java.util.Arrays.copyOf(values, n);
    }

    private static DType dtype(Path file, String name, String code) {
        for (DType t : DType.values()) {
            if (t.code().equals(code)) {
                return t;
            }
        }
        throw FormatException.unsupported(
                file,
                "element type of tensor '" + name + "'",
                code,
                "F64, F32, F16, BF16, I64, I32, I8, U8 or BOOL",
                "convert that tensor to one of these and save the file again");
    }

    private static Map<String, Entry> inOrder(Path file, List<Entry> entries, long space) {
        entries.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::bytes));
        var ordered = new LinkedHashMap<String, Entry>();
        long end = 0;
        String last = "the header";
        for (Entry e : entries) {
            if (e.offset() != end) {
                throw broken(
                        file,
                        8,
                        "'" + e.name() + "' from byte " + e.offset() + ", " + last + " ends at " + end,
                        "tensors one after the other without " + (e.offset() > end ? "holes" : "overlaps"));
            }
            end += e.bytes();
            last = "'" + e.name() + "'";
            ordered.put(e.name(), e);
        }
        if (end != space) {
            throw broken(
                    file,
                    8,
                    "tensors of " + end + " bytes in all, " + space + " bytes after the header",
                    end > space ? "the whole file (it is cut off)" : "nothing behind the last tensor");
        }
        return Collections.unmodifiableMap(ordered);
    }

    /// The header for tensors to be written.
    static SafetensorsHeader of(Path file, Map<String, HostTensor> tensors, Map<String, String> metadata) {
        if (tensors.containsKey(METADATA) || tensors.size() > MAX_TENSORS) {
            throw new IjenException(
                    "cannot write " + file,
                    tensors.size() + " tensors, or one named " + METADATA,
                    "at most " + MAX_TENSORS + " tensors, none of that name",
                    "rename or split");
        }
        var names = new ArrayList<>(tensors.keySet());
        names.sort(Comparator.comparingInt((String n) -> -tensors.get(n).dtype().bytes())
                .thenComparing(Comparator.naturalOrder()));
        var entries = new LinkedHashMap<String, Entry>();
        long offset = 0;
        for (String name : names) {
            var t = tensors.get(name);
            long bytes = t.data().byteSize();
            entries.put(name, new Entry(name, t.dtype(), t.shape(), offset, bytes));
            offset += bytes;
        }
        return new SafetensorsHeader(entries, new TreeMap<>(metadata));
    }

    /// UTF-8 JSON, padded with spaces so that the tensors start at a multiple of 64 bytes.
    byte[] encode() {
        var out = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (var e : metadata.entrySet()) {
                    json.writeStringField(e.getKey(), e.getValue());
                }
                json.writeEndObject();
            }
            for (Entry e : entries.values()) {
                json.writeObjectFieldStart(e.name());
                json.writeStringField("dtype", e.dtype().code());
                json.writeFieldName("shape");
                json.writeArray(e.shape().dims(), 0, e.shape().rank());
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {e.offset(), e.offset() + e.bytes()}, 0, 2);
                json.writeEndObject();
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        while ((out.size() + 8) % 64 != 0) {
            out.write(' ');
        }
        return out.toByteArray();
    }

    private static FormatException tooLarge(Path file, String name, long[] shape) {
        return FormatException.unsupported(
                file,
                "size of tensor '" + name + "'",
                java.util.Arrays.toString(shape),
                "at most " + Integer.MAX_VALUE + " elements",
                "split the tensor");
    }

    private static FormatException broken(Path file, JsonParser json, String got, String expected) {
        return broken(file, 8 + Math.max(0, json.currentLocation().getByteOffset()), got, expected);
    }

    private static FormatException broken(Path file, long offset, String got, String expected) {
        return FormatException.damaged(
                file, "offset " + offset + " (header)", got, expected, "fetch or write the file again");
    }
}
