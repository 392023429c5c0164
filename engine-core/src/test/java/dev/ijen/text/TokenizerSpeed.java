package dev.ijen.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// How fast GPT-2's tokenizer is on one thread: `TokenizerSpeed tokenizer.json TEXT…`; the texts are repeated to 100 MB.
final class TokenizerSpeed {
    private TokenizerSpeed() {}

    static void main(String[] args) throws IOException {
        var tokenizer = Tokenizer.load(Path.of(args[0]));
        var once = new StringBuilder();
        for (int i = 1; i < args.length; i++) {
            once.append(Files.readString(Path.of(args[i]), StandardCharsets.ISO_8859_1));
        }
        var all = new StringBuilder();
        while (all.length() < 100_000_000) {
            all.append(once);
        }
        String text = all.toString();
        double bytes = text.getBytes(StandardCharsets.UTF_8).length;
        for (int run = 0; run < 5; run++) {
            long start = System.nanoTime();
            int[] ids = tokenizer.ids(text);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf("%.1f MB, %d tokens, %.3f s, %.1f MB/s%n", bytes / 1e6, ids.length, seconds,
                    bytes / 1e6 / seconds);
        }
    }
}
