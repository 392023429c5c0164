package dev.ijen.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ijen.format.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeTrainerTest {
    @TempDir Path folder;

    /// By hand: `aaab` twice and `ab` once have pairs aa 4, ab 3; then (aa)a 2 and (aa)b...: the leftmost aa of aaab
    /// merges, which leaves (aa)(a)(b), a b still 3 times, so `ab` is next, then (aa)(ab) twice.
    @Test
    void byHand() {
        var t = new BpeTrainer();
        t.add("aaab\naaab\nab");
        assertEquals(List.of("a a", "a b", "aa ab"), t.train(1000, 2).merges());
        assertEquals(257 + 1, t.train(258, 1).tokens().size());
    }

    @Test
    void sameFromFileAndAgain() throws IOException {
        String text = Files.readString(SharedData.file("text/tinyshakespeare.txt"));
        var trainer = new BpeTrainer();
        trainer.add(text);
        var trained = trainer.train(1024, 2);
        assertEquals(1024, trained.tokens().size());
        assertEquals(trained, trainer.train(1024, 2));
        var tokenizer = trained.tokenizer();
        int[] ids = tokenizer.ids(text);
        assertEquals(text, tokenizer.decode(ids));
        assertTrue(ids.length < text.length() / 2.2, ids.length + " tokens");
        trained.save(folder.resolve("tokenizer.json"));
        assertArrayEquals(ids, Tokenizer.load(folder).ids(text));
        String other = "Übung \uD83D\uDE00 <|endoftext|>";
        assertEquals(other, tokenizer.decode(tokenizer.ids(other), false));
    }
}
