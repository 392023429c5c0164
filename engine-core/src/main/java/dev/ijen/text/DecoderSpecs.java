package dev.ijen.text;

/// The `decoder` of a `tokenizer.json`.
final class DecoderSpecs {
    private DecoderSpecs() {}

    static Decoder read(Spec s) {
        return switch (s.text("type")) {
            case "Sequence" -> new Decoder.All(s.objects("decoders").stream().map(DecoderSpecs::read).toList());
            case "ByteLevel" -> new Decoder.ByteLevel();
            case "ByteFallback" -> new Decoder.ByteFallback();
            case "Fuse" -> new Decoder.Fuse();
            case "WordPiece" -> new Decoder.WordPieces(s.text("prefix", "##"), s.truth("cleanup", true));
            case "BPEDecoder" -> new Decoder.Suffix(filled(s, "suffix", "</w>"));
            case "Replace" -> new Decoder.Replace(Patterns.read(s), s.text("content"));
            case "Strip" -> new Decoder.Strip(
                    filled(s, "content", " ").charAt(0), s.whole("start", 0, 0, 1 << 20),
                    s.whole("stop", 0, 0, 1 << 20));
            case "Metaspace" -> new Decoder.Metaspace(
                    filled(s, "replacement", "\u2581"),
                    !s.text("prepend_scheme", s.truth("add_prefix_space", true) ? "always" : "never")
                            .equals("never"));
            case "CTC" -> new Decoder.Ctc(
                    s.text("pad_token", "<pad>"), filled(s, "word_delimiter_token", "|"), s.truth("cleanup", true));
            default -> throw s.unsupported(
                    s.text("type"), "ByteLevel, ByteFallback, Fuse, WordPiece, BPEDecoder, Replace, Strip, Metaspace, "
                            + "CTC or Sequence");
        };
    }

    private static String filled(Spec s, String key, String absent) {
        String t = s.text(key, absent);
        return t.isEmpty() ? s.fail(key, "a text that is not empty") : t;
    }
}
