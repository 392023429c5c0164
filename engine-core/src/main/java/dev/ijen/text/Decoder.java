package dev.ijen.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The way back from tokens to text, one step of a chain; the chain's results are joined.
sealed interface Decoder {
    List<String> apply(List<String> tokens);

    /// One after the other.
    record All(List<Decoder> steps) implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            for (var d : steps) {
                tokens = d.apply(tokens);
            }
            return tokens;
        }
    }

    /// [ByteAlphabet] back to bytes; bytes that are no UTF-8 become U+FFFD.
    record ByteLevel() implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            var all = new ByteArrayOutputStream();
            for (String t : tokens) {
                var bytes = new byte[t.length()];
                boolean known = true;
                for (int i = 0; i < bytes.length && known; i++) {
                    int b = ByteAlphabet.toByte(t.charAt(i));
                    bytes[i] = (byte) b;
                    known = b >= 0;
                }
                all.writeBytes(known ? bytes : t.getBytes(StandardCharsets.UTF_8));
            }
            return List.of(all.toString(StandardCharsets.UTF_8));
        }
    }

    /// `<0xE2>` and its like back to bytes; each byte of a run that is no UTF-8 becomes U+FFFD.
    record ByteFallback() implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            var to = new ArrayList<String>();
            var run = new ByteArrayOutputStream();
            for (String t : tokens) {
                int b = byteOf(t);
                if (b >= 0) {
                    run.write(b);
                } else {
                    flush(run, to);
                    to.add(t);
                }
            }
            flush(run, to);
            return to;
        }

        static int byteOf(String t) {
            if (t.length() == 6 && t.startsWith("<0x") && t.charAt(5) == '>') {
                int high = Character.digit(t.charAt(3), 16);
                int low = Character.digit(t.charAt(4), 16);
                return high < 0 || low < 0 ? -1 : high * 16 + low;
            }
            return -1;
        }

        private static void flush(ByteArrayOutputStream run, List<String> to) {
            if (run.size() == 0) {
                return;
            }
            try {
                to.add(StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(run.toByteArray()))
                        .toString());
            } catch (java.nio.charset.CharacterCodingException e) {
                to.add("\uFFFD".repeat(run.size()));
            }
            run.reset();
        }
    }

    /// Continuations join their word, words get spaces.
    record WordPieces(String prefix, boolean cleanUp) implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            var to = new ArrayList<String>();
            for (int i = 0; i < tokens.size(); i++) {
                String t = tokens.get(i);
                if (i > 0) {
                    t = t.startsWith(prefix) ? t.substring(prefix.length()) : " " + t;
                }
                to.add(cleanUp ? CleanUp.apply(t) : t);
            }
            return to;
        }
    }

    /// The mark becomes a space, but not at the start of the text.
    record Metaspace(String mark, boolean dropFirst) implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            var to = new ArrayList<String>();
            for (int i = 0; i < tokens.size(); i++) {
                String t = tokens.get(i);
                if (i == 0 && dropFirst && t.startsWith(mark)) {
                    t = t.substring(mark.length());
                }
                to.add(t.replace(mark, " "));
            }
            return to;
        }
    }

    /// The suffix that ends a word becomes a space, but not at the end of the text.
    record Suffix(String suffix) implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            var to = new ArrayList<String>();
            for (int i = 0; i < tokens.size(); i++) {
                to.add(tokens.get(i).replace(suffix, i == tokens.size() - 1 ? "" : " "));
            }
            return to;
        }
    }

    /// All in one text.
    record Fuse() implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            return List.of(String.join("", tokens));
        }
    }

    /// At most some of one character from the ends of each.
    record Strip(char what, int start, int stop) implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            return tokens.stream().map(this::strip).toList();
        }

        private String strip(String t) {
            int a = 0;
            int b = t.length();
            while (a < start && a < b && t.charAt(a) == what) {
                a++;
            }
            for (int k = 0; k < stop && b > a && t.charAt(b - 1) == what; k++) {
                b--;
            }
            return t.substring(a, b);
        }
    }

    /// One text for each match of a pattern in each.
    record Replace(Matcher pattern, String with) implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            var replace = new Normalizer.Replace(pattern, with);
            return tokens.stream().map(t -> replace.apply(Span.of(t, 0)).text()).toList();
        }
    }

    /// Repeated tokens once, blanks away (Graves et al. 2006).
    record Ctc(String pad, String wordDelimiter, boolean cleanUp) implements Decoder {
        @Override
        public List<String> apply(List<String> tokens) {
            var to = new ArrayList<String>();
            String before = null;
            for (String t : tokens) {
                if (t.equals(before)) {
                    continue;
                }
                before = t;
                if (!t.equals(pad)) {
                    String out = cleanUp ? CleanUp.apply(t).replace(wordDelimiter, " ") : t;
                    to.add(out);
                }
            }
            return to;
        }
    }
}
