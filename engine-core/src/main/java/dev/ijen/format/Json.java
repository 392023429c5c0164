package dev.ijen.format;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.ijen.tensor.IjenException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// Small JSON documents as maps, lists, strings, longs, doubles, booleans and null. Reading is bounded (64 MiB, depth
/// 64) and refuses duplicate keys. The numbers JSON lacks (NaN, infinities) are written as null.
public final class Json {
    private static final long MAX_BYTES = 64L << 20;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(64)
                    .build())
            .build();

    private Json() {}

    /// Reads a file.
    ///
    /// @throws FormatException naming line and column
    public static Object parse(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw FormatException.unsupported(
                        file, "size", Files.size(file) + " bytes", "at most " + MAX_BYTES,
                        "check that it is the right file");
            }
            return parse(file.toString(), Files.readString(file));
        } catch (java.nio.charset.CharacterCodingException e) {
            throw FormatException.damaged(file, "its text", "bytes that are not UTF-8", "UTF-8", "write it again", e);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    /// Reads a text.
    ///
    /// @param source its name in messages
    public static Object parse(String source, String text) {
        try (var json = JSON.createParser(text)) {
            if (json.nextToken() == null) {
                throw FormatException.damaged(source, "line 1", "nothing", "a JSON value", "write the file again");
            }
            Object value = value(json);
            if (json.nextToken() != null) {
                throw FormatException.damaged(
                        source,
                        "line " + json.currentLocation().getLineNr(),
                        "more after the value",
                        "one JSON value",
                        "write the file again");
            }
            return value;
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw FormatException.damaged(
                    source,
                    at == null ? "its text" : "line " + at.getLineNr() + ", column " + at.getColumnNr(),
                    e.getOriginalMessage(),
                    "JSON",
                    "correct that place, or write the file again",
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string does not fail
        }
    }

    private static Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                var map = new LinkedHashMap<String, Object>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String key = json.currentName();
                    json.nextToken();
                    map.put(key, value(json));
                }
                yield map;
            }
            case START_ARRAY -> {
                var list = new ArrayList<Object>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(json));
                }
                yield list;
            }
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT -> json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? (Object) json.getDoubleValue()
                    : (Object) json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    throw new IllegalStateException(
                            "a parser of text never stops at " + json.currentToken());
        };
    }

    /// Indented text of maps (keys as given), lists and other iterables, `double[]`, texts, numbers, truth values and
    /// null.
    public static String write(Object value) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text).setPrettyPrinter(new DefaultPrettyPrinter())) {
            write(json, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (var e : map.entrySet()) {
                    json.writeFieldName(e.getKey().toString());
                    write(json, e.getValue());
                }
                json.writeEndObject();
            }
            case Iterable<?> list -> {
                json.writeStartArray();
                for (Object v : list) {
                    write(json, v);
                }
                json.writeEndArray();
            }
            case double[] list -> {
                json.writeStartArray();
                for (double v : list) {
                    write(json, v);
                }
                json.writeEndArray();
            }
            case String s -> json.writeString(s);
            case Enum<?> e -> json.writeString(e.name());
            case Boolean b -> json.writeBoolean(b);
            case Integer i -> json.writeNumber(i);
            case Long l -> json.writeNumber(l);
            case Float f -> {
                if (Float.isFinite(f)) {
                    json.writeNumber(f);
                } else {
                    json.writeNull();
                }
            }
            case Double d -> {
                if (Double.isFinite(d)) {
                    json.writeNumber(d);
                } else {
                    json.writeNull();
                }
            }
            default -> throw new IjenException(
                    "json: cannot write a " + value.getClass().getName(),
                    value.toString(),
                    "maps, lists, text, numbers, truth values",
                    "convert it first");
        }
    }
}
