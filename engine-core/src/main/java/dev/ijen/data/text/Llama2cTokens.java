package dev.ijen.data.text;

import dev.ijen.format.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The vocabulary of llama2.c's `tokenizer.bin`: pieces with scores, of which the neighbouring pair with the best score is joined again
/// and again (SentencePiece's BPE); what is no piece becomes bytes.
public final class Llama2cTokens implements Vocabulary {
    private static final int BEGIN = 1;
    private static final int END = 2;
    private static final int BYTES = 3;
    private static final int MOST_BYTES = 1 << 26;
    private static final int LONGEST = 1 << 12;

    private final List<byte[]> pieces;
    private final float[] scores;
    private final Map<ByteBuffer, Integer> index = new HashMap<>();

    private Llama2cTokens(List<byte[]> pieces, float[] scores) {
        this.pieces = pieces;
        this.scores = scores;
        for (int i = 0; i < pieces.size(); i++) {
            index.putIfAbsent(ByteBuffer.wrap(pieces.get(i)), i);
        }
    }

    /// Reads all pieces of a file.
    ///
    /// @throws FormatException if it is missing, or is not such a file
    public static Llama2cTokens read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw FormatException.unsupported(file, "its size", Files.size(file) + " bytes", "at most 64 MiB",
                        "give a tokenizer.bin of llama2.c");
            }
            return read(file, Files.readAllBytes(file));
        } catch (IOException e) {
            throw FormatException.of(file, e);
        }
    }

    private static Llama2cTokens read(Path file, byte[] bytes) {
        var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        var pieces = new ArrayList<byte[]>();
        var scores = new ArrayList<Float>();
        if (in.remaining() < 4 || in.getInt() < 1) {
            throw damaged(file, 0, "no length");
        }
        while (in.hasRemaining()) {
            int at = in.position();
            if (in.remaining() < 8) {
                throw damaged(file, at, in.remaining() + " bytes");
            }
            scores.add(in.getFloat());
            int n = in.getInt();
            if (n < 0 || n > LONGEST || n > in.remaining()) {
                throw damaged(file, at, "a piece of " + n + " bytes");
            }
            var piece = new byte[n];
            in.get(piece);
            pieces.add(piece);
        }
        if (pieces.size() < BYTES + 256) {
            throw damaged(file, bytes.length, pieces.size() + " pieces");
        }
        var s = new float[scores.size()];
        for (int i = 0; i < s.length; i++) {
            s[i] = scores.get(i);
        }
        return new Llama2cTokens(List.copyOf(pieces), s);
    }

    private static FormatException damaged(Path file, int at, String got) {
        return FormatException.damaged(file, "offset " + at, got,
                "pieces: a score, a length, so many bytes; 259 at least",
                "give a tokenizer.bin of llama2.c");
    }

    @Override
    public int size() {
        return pieces.size();
    }

    @Override
    public int begin() {
        return BEGIN;
    }

    @Override
    public boolean isEnd(int id) {
        return id == BEGIN || id == END;
    }

    /// With the symbol of a beginning.
    @Override
    public int[] encode(String text) {
        var ids = new ArrayList<Integer>(List.of(BEGIN));
        if (!text.isEmpty()) {
            add(ids, " ");
            text.codePoints().forEach(c -> add(ids, Character.toString(c)));
        }
        while (join(ids)) {
            // until no pair is a piece
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private void add(List<Integer> ids, String character) {
        var bytes = character.getBytes(StandardCharsets.UTF_8);
        var id = index.get(ByteBuffer.wrap(bytes));
        if (id != null) {
            ids.add(id);
            return;
        }
        for (byte b : bytes) {
            ids.add(BYTES + (b & 0xff));
        }
    }

    private boolean join(List<Integer> ids) {
        int best = -1;
        int at = -1;
        for (int i = 1; i + 1 < ids.size(); i++) {
            var a = pieces.get(ids.get(i));
            var b = pieces.get(ids.get(i + 1));
            var both = java.util.Arrays.copyOf(a, a.length + b.length);
            System.arraycopy(b, 0, both, a.length, b.length);
            var id = index.get(ByteBuffer.wrap(both));
            if (id != null && (best < 0 || scores[id] > scores[best])) {
                best = id;
                at = i;
            }
        }
        if (best < 0) {
            return false;
        }
        ids.set(at, best);
        ids.subList(at + 1, at + 2).clear();
        return true;
    }

    /// Without symbols that begin or end a text, and without the blank before its first word.
    @Override
    public String decode(int[] ids) {
        var out = new ByteArrayOutputStream();
        boolean first = true;
        for (int id : ids) {
            if (isEnd(id)) {
                first = true;
                continue;
            }
            var piece = pieces.get(id);
            if (id >= BYTES && id < BYTES + 256) {
                out.write(id - BYTES);
            } else {
                int skip = first && piece.length > 0 && piece[0] == ' ' ? 1 : 0;
                out.write(piece, skip, piece.length - skip);
            }
            first = false;
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public List<String> symbols() {
        return pieces.stream().map(p -> new String(p, StandardCharsets.UTF_8)).toList();
    }
}
