package dev.ijen.format;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// What an entry of an archive says of the one behind it.
///
/// @param name null for the name that stands there
/// @param size negative for the size that stands there
record TarNext(String name, long size) {
    static final TarNext NONE = new TarNext(null, -1);

    /// POSIX's extended header (pax): records "LENGTH KEY=VALUE\n", LENGTH of the whole record in bytes.
    static TarNext extended(Path file, byte[] records, TarNext before) {
        var name = before.name;
        long size = before.size;
        int at = 0;
        while (at < records.length) {
            int blank = at;
            int length = 0;
            while (blank < records.length && records[blank] >= '0' && records[blank] <= '9'
                    && length <= records.length) {
                length = 10 * length + records[blank++] - '0';
            }
            int end = at + length;
            if (blank == at || length < 5 || end > records.length || records[blank] != ' ' || records[end - 1] != '\n'
                    || blank >= end - 1) {
                throw damaged(file, "byte " + at, "no such record");
            }
            var record = new String(records, blank + 1, end - blank - 2, StandardCharsets.UTF_8);
            int equal = record.indexOf('=');
            if (equal < 1) {
                throw damaged(file, "byte " + at, "'" + record + "'");
            }
            var value = record.substring(equal + 1);
            switch (record.substring(0, equal)) {
                case "path" -> name = value;
                case "size" -> {
                    if (!value.matches("[0-9]{1,18}")) {
                        throw damaged(file, "byte " + at, "'" + record + "'");
                    }
                    size = Long.parseLong(value);
                }
                default -> {
                    // times, owners, links
                }
            }
            at = end;
        }
        return new TarNext(name, size);
    }

    private static FormatException damaged(Path file, String where, String got) {
        return FormatException.damaged(file, where + " of an extended header", got, "records 'LENGTH KEY=VALUE'",
                "give a tar archive");
    }
}
