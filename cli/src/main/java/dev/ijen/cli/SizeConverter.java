package dev.ijen.cli;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// `800m`, `2g`, `1.5 GiB` as bytes.
final class SizeConverter implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,6})?) ?([kmgt]?)(?:i?b)?");

    @Override
    public Long convert(String text) {
        var m = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        double v = 0;
        if (m.matches()) {
            v = Double.parseDouble(m.group(1))
                    * (m.group(2).isEmpty() ? 1 : 1L << 10 * (1 + "kmgt".indexOf(m.group(2))));
        }
        if (v < 1 || v > 0x1p62) {
            throw new TypeConversionException("'" + text + "' is not a size such as 800m, 2g or 1.5g");
        }
        return (long) v;
    }
}
