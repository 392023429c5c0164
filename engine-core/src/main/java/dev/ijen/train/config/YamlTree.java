package dev.ijen.train.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// YAML text to nodes. Bounded in size and depth; aliases and tags are refused, so nothing can blow up or run.
final class YamlTree {
    static final int MAX_CHARACTERS = 1 << 20;
    static final int MAX_DEPTH = 32;
    private static final int MAX_WORD = 100;

    private final String source;
    private final Deque<Open> open = new ArrayDeque<>();
    private Node root;

    private static final class Open {
        final Node node;
        String key;
        Mark keyMark;

        Open(Node node) {
            this.node = node;
        }
    }

    private YamlTree(String source) {
        this.source = source;
    }

    /// The only document of the text; an empty text is an empty section.
    ///
    /// @throws ConfigException if it is no YAML, or more than a configuration needs
    static Node parse(String source, String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw new ConfigException(
                    Mark.of(source), "too long", text.length() + " characters", "at most " + MAX_CHARACTERS,
                    "is it the right file?");
        }
        return new YamlTree(source).read(text);
    }

    private Node read(String text) {
        var settings = LoadSettings.builder().setLabel(source).setUseMarks(true).setCodePointLimit(MAX_CHARACTERS)
                .build();
        try {
            int documents = 0;
            var events = new ParserImpl(settings, new StreamReader(settings, text));
            while (events.hasNext()) {
                var event = events.next();
                if (event instanceof DocumentStartEvent && ++documents > 1) {
                    throw refused(event, "a second document ('---')", "one document");
                }
                take(event);
            }
        } catch (MarkedYamlEngineException e) {
            var at = e.getProblemMark().or(e::getContextMark).map(this::mark).orElse(Mark.of(source));
            throw new ConfigException(at, "not YAML", e.getProblem(), "key: value, indented by blanks",
                    "check this line and the one before", e);
        } catch (YamlEngineException e) {
            throw new ConfigException(Mark.of(source), "not YAML", e.getMessage(), "UTF-8 text of printable characters",
                    "is it the right file?", e);
        }
        return root == null || root instanceof Node.Text t && t.isNull() ? Node.Fields.empty(new Mark(source, 1, 1))
                : root;
    }

    private void take(Event event) {
        switch (event) {
            case AliasEvent a ->
                    throw refused(a, "an alias ('*" + a.getAlias().getValue() + "')", "values written out");
            case ScalarEvent s -> add(scalar(s));
            case MappingStartEvent m ->
                    push(m, new Node.Fields(new LinkedHashMap<>(), mark(m)), m.getTag().isPresent());
            case SequenceStartEvent s -> push(s, new Node.Items(new ArrayList<>(), mark(s)), s.getTag().isPresent());
            case CollectionEndEvent end -> open.pop();
            default -> {
                // begin and end of the text
            }
        }
    }

    private void push(Event event, Node node, boolean tagged) {
        if (tagged) {
            throw refused(event, "a tag ('!…')", "plain values");
        }
        if (open.size() >= MAX_DEPTH) {
            throw refused(event, "more than " + MAX_DEPTH + " levels", "a flat configuration");
        }
        if (!open.isEmpty() && open.peek().node instanceof Node.Fields && open.peek().key == null) {
            throw refused(event, "a list or section as key", "a word as key");
        }
        add(node);
        open.push(new Open(node));
    }

    private Node.Text scalar(ScalarEvent s) {
        if (s.getTag().isPresent()) {
            throw refused(s, "a tag ('!…')", "plain values");
        }
        return new Node.Text(s.getValue(), !s.isPlain(), mark(s));
    }

    private void add(Node node) {
        if (open.isEmpty()) {
            root = node;
            return;
        }
        var in = open.peek();
        switch (in.node) {
            case Node.Items items -> items.values().add(node);
            case Node.Fields fields -> {
                if (in.key == null) {
                    in.key = ((Node.Text) node).value();
                    in.keyMark = node.mark();
                    if (fields.values().containsKey(in.key)) {
                        throw new ConfigException(
                                in.keyMark,
                                "key '" + in.key + "' stands twice",
                                "again here; first at " + fields.values().get(in.key).key(),
                                "each key once",
                                "remove one of them");
                    }
                } else {
                    fields.values().put(in.key, new Node.Field(in.keyMark, node));
                    in.key = null;
                }
            }
            case Node.Text t -> throw new IllegalStateException(t.toString());
        }
    }

    private ConfigException refused(Event at, String got, String expected) {
        return new ConfigException(mark(at), "not allowed in a configuration", got, expected, "write it out plainly");
    }

    private Mark mark(Event e) {
        return e.getStartMark().map(this::mark).orElse(Mark.of(source));
    }

    private Mark mark(org.snakeyaml.engine.v2.exceptions.Mark m) {
        return new Mark(source, m.getLine() + 1, m.getColumn() + 1);
    }

    /// One value as it stands in `--set key=value` or in a default.
    static Node value(String source, String text) {
        if (isWord(text)) {
            return new Node.Text(text, false, Mark.of(source));
        }
        if (text.equals("[]")) {
            return new Node.Items(List.of(), Mark.of(source));
        }
        if (text.isBlank() || text.equals("''")) {
            return new Node.Text("", true, Mark.of(source));
        }
        var parsed = parse(source, text);
        return text.equals("{}") ? Node.Fields.empty(Mark.of(source)) : unmarked(source, parsed);
    }

    /// True for letters and digits, with points, lines and signs between them, which are a scalar for any parser: most defaults.
    private static boolean isWord(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letter && (i == 0 || ".-+_".indexOf(c) < 0)) {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_WORD && !text.equals("null");
    }

    private static Node unmarked(String source, Node node) {
        var mark = Mark.of(source);
        return switch (node) {
            case Node.Text t -> new Node.Text(t.value(), t.quoted(), mark);
            case Node.Items i -> new Node.Items(i.values().stream().map(n -> unmarked(source, n)).toList(), mark);
            case Node.Fields f -> {
                var all = new LinkedHashMap<String, Node.Field>();
                f.values().forEach((k, v) -> all.put(k, new Node.Field(mark, unmarked(source, v.value()))));
                yield new Node.Fields(all, mark);
            }
        };
    }
}
