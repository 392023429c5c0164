package dev.ijen.text;

/// A longest encoding.
///
/// @param maxLength tokens, special ones included
/// @param strategy which of two texts is cut
/// @param left whether the start is cut off instead of the end
public record Truncation(int maxLength, Strategy strategy, boolean left) {
    /// Which of two texts is cut.
    public enum Strategy {
        /// The longer one, token by token.
        LONGEST_FIRST,
        /// The first.
        ONLY_FIRST,
        /// The second.
        ONLY_SECOND
    }

    /// Cuts the end of texts longer than this.
    public static Truncation to(int maxLength) {
        return new Truncation(maxLength, Strategy.LONGEST_FIRST, false);
    }

    /// The lengths that two texts (the second may be absent: 0) are cut to.
    int[] lengths(int a, int b, int added) {
        int over = a + b + added - maxLength;
        if (over <= 0) {
            return new int[]{a, b};
        }
        return switch (strategy) {
            case ONLY_FIRST -> new int[]{Math.max(0, a - over), b};
            case ONLY_SECOND -> new int[]{a, Math.max(0, b - over)};
            case LONGEST_FIRST -> {
                int left = Math.max(0, maxLength - added);
                int small = Math.min(a, b);
                int large = Math.max(a, b);
                if (small + large > left) {
                    large = Math.max(small, left - small);
                    if (small + large > left) {
                        small = left / 2;
                        large = left - small;
                    }
                }
                yield a > b ? new int[]{large, small} : new int[]{small, large};
            }
        };
    }

    Encoding apply(Encoding e, int length) {
        return length >= e.length() ? e
                : left ? e.slice(e.length() - length, e.length()) : e.slice(0, length);
    }
}
