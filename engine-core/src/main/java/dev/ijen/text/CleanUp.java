package dev.ijen.text;

/// The removal of spaces before punctuation that English texts get after decoding.
final class CleanUp {
    private static final String[][] RULES = {
        {" .", "."}, {" ?", "?"}, {" !", "!"}, {" ,", ","}, {" ' ", "'"}, {" n't", "n't"}, {" 'm", "'m"},
        {" do not", " don't"}, {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};

    private CleanUp() {}

    /// As the tokenizers' decoder does for each token.
    static String apply(String t) {
        for (var r : RULES) {
            t = t.replace(r[0], r[1]);
        }
        return t;
    }

    /// As libraries above the tokenizers do for a whole text.
    static String whole(String t) {
        for (var r : RULES) {
            if (!r[0].equals(" do not")) {
                t = t.replace(r[0], r[1]);
            }
        }
        return t;
    }
}
