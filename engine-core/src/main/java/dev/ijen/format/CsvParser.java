package dev.ijen.format;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/// Turns text into a [Csv].
final class CsvParser {
    private static final int SAMPLE_CHARS = 1 << 16;
    private static final int SAMPLE_ROWS = 1_000;
    private static final int INTERN_LIMIT = 100_000;
    private static final char[] SEPARATORS = {',', ';', '\t', '|'};

    private final String source;
    private final Csv.Options options;
    private final List<String[]> rows = new ArrayList<>();
    private final List<Map<String, String>> interned = new ArrayList<>();
    private int[] lines = new int[1024];

    private CsvParser(String source, Csv.Options options) {
        this.source = source;
        this.options = options;
    }

    static Csv read(Path file, Csv.Options options) {
        try {
            long size = Files.size(file);
            if (size > options.maxBytes()) {
                throw FormatException.unsupported(
                        file, "size", size + " bytes", "at most " + options.maxBytes(),
                        "split the file or raise the limit");
            }
            String sample;
            try (var reader = open(file)) {
                sample = readSample(reader);
            }
            try (var reader = open(file)) {
                return new CsvParser(file.toString(), options).parse(reader, sample);
            }
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    static Csv parse(String source, String text, Csv.Options options) {
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        try {
            return new CsvParser(source, options)
                    .parse(new StringReader(body), body.substring(0, Math.min(SAMPLE_CHARS, body.length())));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string does not fail
        }
    }

    private static RuntimeException failed(Path file, IOException e) {
        if (e instanceof CharacterCodingException) {
            return FormatException.damaged(
                    file, "its text", "bytes that are not UTF-8", "UTF-8 (or UTF-16 with a byte order mark)",
                    "save the table as UTF-8", e);
        }
        return FormatException.of(file, e);
    }

    /// A reader behind the byte order mark; malformed text is an error, never replaced.
    private static Reader open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            var buffered = new java.io.BufferedInputStream(in, 1 << 16);
            buffered.mark(3);
            byte[] b = buffered.readNBytes(3);
            buffered.reset();
            Charset charset = StandardCharsets.UTF_8;
            int skip = 0;
            if (b.length == 3 && b[0] == (byte) 0xef && b[1] == (byte) 0xbb && b[2] == (byte) 0xbf) {
                skip = 3;
            } else if (b.length >= 2 && b[0] == (byte) 0xff && b[1] == (byte) 0xfe) {
                charset = StandardCharsets.UTF_16LE;
                skip = 2;
            } else if (b.length >= 2 && b[0] == (byte) 0xfe && b[1] == (byte) 0xff) {
                charset = StandardCharsets.UTF_16BE;
                skip = 2;
            }
            buffered.skipNBytes(skip);
            return new InputStreamReader(
                    buffered,
                    charset.newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT));
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static String readSample(Reader reader) throws IOException {
        var chars = new char[SAMPLE_CHARS];
        int n = 0;
        for (int k; n < chars.length && (k = reader.read(chars, n, chars.length - n)) > 0;) {
            n += k;
        }
        return new String(chars, 0, n);
    }

    private Csv parse(Reader reader, String sample) throws IOException {
        char separator = options.separator() != 0 ? options.separator() : separator(sample);
        try (var csv = CsvReader.builder()
                .fieldSeparator(separator)
                .skipEmptyLines(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .trimWhitespacesAroundQuotes(true)
                .ofCsvRecord(reader)) {
            for (CsvRecord record : csv) {
                add(record, separator);
            }
        } catch (CsvParseException e) {
            throw unparsable(e);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                throw FormatException.damaged(
                        source,
                        "a line after " + (rows.isEmpty() ? 0 : lines[rows.size() - 1]),
                        "bytes that are not UTF-8",
                        "UTF-8 (or UTF-16 with a byte order mark)",
                        "save the table as UTF-8",
                        e);
            }
            throw e.getCause();
        }
        return build();
    }

    private FormatException unparsable(CsvParseException e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        int after = rows.isEmpty() ? 0 : lines[rows.size() - 1];
        boolean text = root instanceof CharacterCodingException;
        return FormatException.damaged(
                source,
                "a line after " + after,
                text ? "bytes that are not UTF-8" : String.valueOf(e.getMessage()),
                text ? "UTF-8 (or UTF-16 with a byte order mark)" : "cells that are complete and not longer than 16 M",
                text ? "save the table as UTF-8" : "check the quotes near that line",
                e);
    }

    private void add(CsvRecord record, char separator) {
        int n = record.getFieldCount();
        long line = record.getStartingLineNumber();
        if (n == 1 && record.getField(0).isBlank() && (rows.isEmpty() || rows.getFirst().length > 1)) {
            return; // a line of spaces
        }
        if (rows.isEmpty()) {
            if (n > options.maxColumns()) {
                throw FormatException.unsupported(
                        source, "line " + line, n + " columns", "at most " + options.maxColumns(), "raise the limit");
            }
            for (int i = 0; i < n; i++) {
                interned.add(new HashMap<>());
            }
        } else if (n != rows.getFirst().length) {
            throw FormatException.damaged(
                    source,
                    "line " + line,
                    n + " cells",
                    rows.getFirst().length + " cells as in line " + lines[0] + ", separated by '" + shown(separator)
                            + "'",
                    "add or remove cells in that line; quote cells that contain the separator");
        }
        if (rows.size() > options.maxRows()) {
            throw FormatException.unsupported(
                    source, "line " + line, "more than " + options.maxRows() + " rows", "at most as many",
                    "raise the limit");
        }
        if (rows.size() == lines.length) {
            lines = Arrays.copyOf(lines, lines.length * 2);
        }
        lines[rows.size()] = (int) Math.min(line, Integer.MAX_VALUE);
        var cells = new String[n];
        for (int i = 0; i < n; i++) {
            String c = record.getField(i).strip();
            var seen = interned.get(i);
            String known = seen.get(c);
            if (known == null && seen.size() < INTERN_LIMIT) {
                seen.put(c, c);
            }
            cells[i] = known == null ? c : known;
        }
        rows.add(cells);
    }

    private Csv build() {
        if (rows.isEmpty()) {
            throw FormatException.damaged(source, "line 1", "no rows", "a table", "check that it is the right file");
        }
        boolean header = switch (options.header()) {
            case YES -> true;
            case NO -> false;
            case AUTO -> looksLikeHeader();
        };
        int first = header ? 1 : 0;
        int width = rows.getFirst().length;
        var names = new HashSet<String>();
        var columns = new ArrayList<Csv.Column>();
        for (int i = 0; i < width; i++) {
            String name = header ? rows.getFirst()[i] : "c" + i;
            if (name.isEmpty()) {
                name = "c" + i; // such as the index column of a data frame
            }
            if (!names.add(name)) {
                throw FormatException.damaged(
                        source, "line " + lines[0], "two columns '" + name + "'", "a name for every column",
                        "rename one");
            }
            var cells = new String[rows.size() - first];
            for (int r = 0; r < cells.length; r++) {
                String c = rows.get(first + r)[i];
                cells[r] = options.missing().contains(c) ? null : c;
            }
            columns.add(new Csv.Column(name, cells));
        }
        return new Csv(source, columns, Arrays.copyOfRange(lines, first, rows.size()));
    }

    private boolean looksLikeHeader() {
        String[] names = rows.getFirst();
        var distinct = new HashSet<String>();
        for (int i = 0; i < names.length; i++) {
            String n = names[i];
            boolean unnamedIndex = i == 0 && n.isEmpty() && names.length > 1;
            boolean name = !n.isEmpty() && !options.missing().contains(n) && Double.isNaN(Cells.number(n));
            if (!unnamedIndex && !(name && distinct.add(n))) {
                return false;
            }
        }
        int sample = Math.min(rows.size(), SAMPLE_ROWS);
        for (int i = 0; i < names.length; i++) {
            for (int r = 1; r < sample; r++) {
                if (rows.get(r)[i].equals(names[i])) {
                    return false;
                }
            }
        }
        return true;
    }

    /// The separator that splits most, counted outside quotes, where every complete line of the sample has equally
    /// many.
    private static char separator(String sample) {
        char best = ',';
        int most = 0;
        for (char s : SEPARATORS) {
            int count = perLine(sample, s);
            if (count > most) {
                most = count;
                best = s;
            }
        }
        return best;
    }

    /// How often `separator` occurs on each of the first lines, or 0 if that differs.
    private static int perLine(String sample, char separator) {
        int expected = -1;
        int count = 0;
        int seenLines = 0;
        boolean quoted = false;
        boolean content = false;
        for (int i = 0; i <= sample.length() && seenLines < 50; i++) {
            char c = i < sample.length() ? sample.charAt(i) : '\n';
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == '\n' || c == '\r')) {
                boolean cutLine = i == sample.length() && sample.length() == SAMPLE_CHARS && seenLines > 0;
                if (content && !cutLine) {
                    if (expected >= 0 && count != expected) {
                        return 0;
                    }
                    expected = count;
                    seenLines++;
                }
                count = 0;
                content = false;
            } else {
                content |= !Character.isWhitespace(c) || c == separator;
                count += !quoted && c == separator ? 1 : 0;
            }
        }
        return Math.max(0, expected);
    }

    private static String shown(char separator) {
        return separator == '\t' ? "tab" : String.valueOf(separator);
    }
}
