package dev.ijen.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// `90`, `90s`, `1.5m`, `2h` as seconds.
final class TimeConverter implements ITypeConverter<Double> {
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)(s|m|h)?");

    @Override
    public Double convert(String text) {
        var m = TIME.matcher(text);
        if (!m.matches() || Double.parseDouble(m.group(1)) <= 0) {
            throw new TypeConversionException("'" + text + "' is not a time such as 90s, 10m or 1.5h");
        }
        return Double.parseDouble(m.group(1)) * switch (m.group(2)) {
            case "m" -> 60;
            case "h" -> 3600;
            case null, default -> 1;
        };
    }

    /// A time, or `none`: 0.
    static final class OrNone implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return text.equals("none") ? 0.0 : new TimeConverter().convert(text);
        }
    }
}
