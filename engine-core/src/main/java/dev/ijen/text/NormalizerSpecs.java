package dev.ijen.text;

import java.text.Normalizer.Form;
import java.util.Base64;

/// The `normalizer` of a `tokenizer.json`.
final class NormalizerSpecs {
    private NormalizerSpecs() {}

    static Normalizer read(Spec s) {
        return switch (s.text("type")) {
            case "Sequence" -> new Normalizer.All(s.objects("normalizers").stream().map(NormalizerSpecs::read)
                    .toList());
            case "NFC" -> new Normalizer.Unicode(Form.NFC);
            case "NFD" -> new Normalizer.Unicode(Form.NFD);
            case "NFKC" -> new Normalizer.Unicode(Form.NFKC);
            case "NFKD" -> new Normalizer.Unicode(Form.NFKD);
            case "Lowercase" -> new Normalizer.Lowercase();
            case "StripAccents" -> new Normalizer.StripAccents(true);
            case "Strip" -> new Normalizer.Strip(s.truth("strip_left", true), s.truth("strip_right", true));
            case "Prepend" -> new Normalizer.Prepend(s.text("prepend"));
            case "Replace" -> new Normalizer.Replace(Patterns.read(s), s.text("content"));
            case "BertNormalizer" -> {
                boolean lower = s.truth("lowercase", true);
                yield new Normalizer.Bert(
                        s.truth("clean_text", true), s.truth("handle_chinese_chars", true),
                        s.truth("strip_accents", lower), lower);
            }
            case "Nmt" -> new Normalizer.Nmt();
            case "ByteLevel" -> new Normalizer.Bytes();
            case "Precompiled" -> {
                try {
                    var map = Charsmap.read(Base64.getDecoder().decode(s.text("precompiled_charsmap")));
                    yield new Normalizer.Precompiled(map != null ? map : s.fail("precompiled_charsmap", "a table"));
                } catch (IllegalArgumentException e) {
                    yield s.fail("precompiled_charsmap", "Base64");
                }
            }
            default -> throw s.unsupported(
                    s.text("type"), "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace, "
                            + "BertNormalizer, Nmt, ByteLevel, Precompiled or Sequence");
        };
    }
}
