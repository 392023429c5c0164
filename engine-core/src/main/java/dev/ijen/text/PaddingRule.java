package dev.ijen.text;

/// Filling up to a length.
///
/// @param length tokens, or 0: that of the longest text of a batch
/// @param multiple of which the length has to be, or 0
/// @param id of the padding token
/// @param typeId of the padding token
/// @param left whether padding stands before the text
public record PaddingRule(int length, int multiple, int id, int typeId, boolean left) {
    /// Fills up behind the text.
    public static PaddingRule to(int length, int id) {
        return new PaddingRule(length, 0, id, 0, false);
    }

    Encoding apply(Encoding e, int longest) {
        int n = length > 0 ? length : longest;
        if (multiple > 0) {
            n = (n + multiple - 1) / multiple * multiple;
        }
        if (n <= e.length()) {
            return e;
        }
        var fill = Encoding.special(id, typeId, 0, n - e.length());
        return left ? fill.join(e) : e.join(fill);
    }
}
