package dev.ijen.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/// Good files of tokenizers and of torch.save.
final class TextSeeds {
    static final String TEXT = "ab ba \u00e9 \u4e2d\n<s>ab";

    static final String VOCABULARY = "{\"a\": 0, \"b\": 1, \"ab\": 2, \"\u0120\": 3, \"\u0120ab\": 4, \"abb\": 5}";

    private TextSeeds() {}

    static List<byte[]> merges() {
        return List.of(utf8("#version: 0.2\na b\n\u0120 ab\nab b\n"), utf8("a b\r\nab b\r\n"));
    }

    static List<byte[]> wordPieces() {
        return List.of(utf8("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\nab\n\u4e2d\n"));
    }

    /// A model of two layers, its head tied and not.
    static List<byte[]> llamaModel() {
        var all = new java.util.ArrayList<byte[]>();
        for (int symbols : new int[] {7, -7}) {
            var b = ByteBuffer.allocate(1 << 14).order(ByteOrder.LITTLE_ENDIAN);
            for (int v : new int[] {8, 12, 2, 2, 1, symbols, 5}) {
                b.putInt(v);
            }
            int weights = 7 * 8 + 2 * (8 + 8 * 8 + 2 * 4 * 8 + 8 * 8 + 8 + 3 * 12 * 8) + 8 + 5 * 4
                    + (symbols < 0 ? 7 * 8 : 0);
            all.add(java.util.Arrays.copyOf(b.array(), b.position() + 4 * weights));
        }
        return all;
    }

    static List<byte[]> tokenizers() {
        return List.of(utf8("""
                {"version": "1.0", "truncation": null, "padding": null,
                 "added_tokens": [{"id": 3, "content": "<s>", "special": true, "lstrip": true, "single_word": false}],
                 "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]},
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": true, "use_regex": true},
                 "post_processor": {"type": "ByteLevel", "trim_offsets": true}, "decoder": {"type": "ByteLevel"},
                 "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "<s>": 3}, "merges": ["a b"]}}
                """), utf8("""
                {"truncation": {"max_length": 8, "strategy": "LongestFirst", "stride": 0},
                 "padding": {"strategy": {"Fixed": 8}, "direction": "Right", "pad_id": 0, "pad_type_id": 0},
                 "normalizer": {"type": "BertNormalizer", "lowercase": true},
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "post_processor": {"type": "TemplateProcessing",
                   "single": [{"SpecialToken": {"id": "C", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                   "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
                   "special_tokens": {"C": {"id": "C", "ids": [1], "tokens": ["C"]}}},
                 "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
                 "model": {"type": "WordPiece", "unk_token": "U", "vocab": {"U": 0, "C": 1, "a": 2, "##b": 3}}}
                """), utf8("""
                {"normalizer": {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
                 "pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "always"},
                 "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["_a", -1.5], ["b", -2]]}}
                """));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static List<byte[]> llama() {
        var b = ByteBuffer.allocate(1 << 14).order(ByteOrder.LITTLE_ENDIAN).putInt(8);
        for (int i = 0; i < 262; i++) {
            byte[] t = utf8(i < 3 ? List.of("<unk>", "<s>", "</s>").get(i)
                    : i < 259 ? "<0x%02X>".formatted(i - 3) : List.of("a", "b", "ab").get(i - 259));
            b.putFloat(-i).putInt(t.length).put(t);
        }
        return List.of(java.util.Arrays.copyOf(b.array(), b.position()));
    }

    /// A tensor of three floats.
    static List<byte[]> torch() throws IOException {
        String p = "\u0080\u0002}X\u0001\u0000\u0000\u0000wctorch._utils\n_rebuild_tensor_v2\n((X\u0007\u0000\u0000\u0000storage"
                + "ctorch\nFloatStorage\nX\u0001\u0000\u0000\u00000X\u0003\u0000\u0000\u0000cpuK\u0003tQK\u0000K\u0003\u0085"
                + "K\u0001\u0085\u0089)tRs.";
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(Damage.entry("m/data.pkl"));
            zip.write(p.getBytes(StandardCharsets.ISO_8859_1));
            zip.putNextEntry(Damage.entry("m/data/0"));
            zip.write(new byte[12]);
        }
        return List.of(bytes.toByteArray());
    }

    /// The archive is in order, its pickle is not.
    static byte[] damageTorch(Mutator m, byte[] good) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var in = new ZipInputStream(new ByteArrayInputStream(good)); var zip = new ZipOutputStream(out)) {
            for (var e = in.getNextEntry(); e != null; e = in.getNextEntry()) {
                byte[] body = in.readAllBytes();
                zip.putNextEntry(Damage.entry(e.getName()));
                zip.write(
                        m.random().nextInt(4) > 0 && e.getName().endsWith("pkl") ? m.bytes(body, List.of(body)) : body);
            }
        }
        return out.toByteArray();
    }
}
