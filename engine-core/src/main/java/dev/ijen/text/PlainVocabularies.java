package dev.ijen.text;

import dev.ijen.format.FormatException;
import dev.ijen.format.Json;
import dev.ijen.text.AddedTokens.Added;
import dev.ijen.text.Template.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Tokenizers whose files hold the vocabulary alone: GPT-2's `vocab.json` and `merges.txt`, BERT's `vocab.txt`.
final class PlainVocabularies {
    private static final long MAX_BYTES = 64L << 20;

    private PlainVocabularies() {}

    static Tokenizer gpt2(Path vocabulary, Path merges) {
        var v = ModelSpecs.vocabularyOf(new Spec(vocabulary.toString(), "$", Json.parse(vocabulary)));
        var lines = lines(merges);
        var table = new Merges(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isEmpty() || i == 0 && line.startsWith("#version")) {
                continue;
            }
            int space = line.indexOf(' ');
            if (space < 1 || space == line.length() - 1 || line.indexOf(' ', space + 1) >= 0) {
                throw FormatException.damaged(
                        merges, "line " + (i + 1), "'" + line + "'", "two tokens with a space between them",
                        "fetch the file again");
            }
            ModelSpecs.merge(
                    merges.toString(), table, v, line.substring(0, space), line.substring(space + 1), "",
                    table.size());
        }
        return byteLevel(v, table);
    }

    /// GPT-2's pipeline around a vocabulary over bytes.
    static Tokenizer byteLevel(Vocabulary v, Merges merges) {
        var added = new ArrayList<Added>();
        int end = v.id("<|endoftext|>");
        if (end >= 0) {
            added.add(new Added(end, "<|endoftext|>", true, false, false, false, false));
        }
        return new Tokenizer(
                new Pipeline(
                        added, null, new PreTokenizer.ByteLevel(false, true), new Bpe(v, merges, Bpe.Options.NONE),
                        Template.NONE, false, new Decoder.ByteLevel()),
                null, null);
    }

    static Tokenizer wordPiece(Path file, boolean lowercase) {
        var v = Vocabulary.of(lines(file));
        var added = new ArrayList<Added>();
        for (String t : List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")) {
            int id = v.id(t);
            if (id >= 0) {
                added.add(new Added(id, t, true, false, false, false, false));
            } else if (!t.equals("[MASK]") && !t.equals("[PAD]")) {
                throw FormatException.damaged(
                        file, "its tokens", "no " + t, "a WordPiece vocabulary with " + t,
                        "use the vocab.txt of a BERT model");
            }
        }
        var cls = new Part(new int[] {v.id("[CLS]")}, 0, 0);
        var sep = new Part(new int[] {v.id("[SEP]")}, 0, 0);
        var a = new Part(null, 0, 0);
        var template = new Template(
                List.of(cls, a, sep),
                List.of(cls, a, sep, new Part(null, 1, 1), new Part(sep.ids(), 0, 1)));
        return new Tokenizer(
                new Pipeline(
                        added, new Normalizer.Bert(true, true, lowercase, lowercase), PreTokenizerSpecs.bert(),
                        new WordPiece(v, v.id("[UNK]"), "##", 100), template, false,
                        new Decoder.WordPieces("##", true)),
                null, null);
    }

    static List<String> lines(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw FormatException.unsupported(
                        file, "size", Files.size(file) + " bytes", "at most " + MAX_BYTES,
                        "check that it is the right file");
            }
            // not readAllLines: a lone carriage return or another line end can be part of a token
            var lines = new ArrayList<String>();
            String text = Files.readString(file);
            int at = 0;
            while (at < text.length()) {
                int end = text.indexOf('\n', at);
                end = end < 0 ? text.length() : end;
                lines.add(text.substring(at, end > at && text.charAt(end - 1) == '\r' ? end - 1 : end));
                at = end + 1;
            }
            return lines;
        } catch (java.nio.charset.CharacterCodingException e) {
            throw FormatException.damaged(file, "its text", "bytes that are not UTF-8", "UTF-8", "fetch it again", e);
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }
}
