package io.github.reverseratelimiter.benchmarks.layout;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A candidate: how it is called in the tables, its scripts, and its keys. */
enum Layout {
    TRIVIAL("trivial script", "trivial", Keys.ONE, ""),
    PLAIN_ZSET("plain ZSET script", "plain-zset", Keys.EACH_WINDOW, ""),
    STRING_HEADER("string, header apart", "string", Keys.ONE, "162 + (#ARGV - 4) / 2 * 30"),
    STRING_256("string, head of 256", "string", Keys.ONE, "'255'"),
    STRING_512("string, head of 512", "string", Keys.ONE, "'511'"),
    LIST("LIST", "list", Keys.HEADER_AND_EACH_WINDOW, ""),
    ZSET("ZSET", "zset", Keys.HEADER_AND_EACH_WINDOW, "");

    private enum Keys {
        ONE,
        EACH_WINDOW,
        HEADER_AND_EACH_WINDOW
    }

    private final String title;
    private final String script;
    private final Keys keys;
    private final String head;

    Layout(String title, String script, Keys keys, String head) {
        this.title = title;
        this.script = script;
        this.keys = keys;
        this.head = head;
    }

    String title() {
        return title;
    }

    /** Whether it does all that is asked for: waits, identities, several windows; the yardsticks do not. */
    boolean isCandidate() {
        return this != TRIVIAL && this != PLAIN_ZSET;
    }

    String takeScript() {
        String text = read(isCandidate() ? script + "-take" : script);
        return head.isEmpty() ? text : text.replace("local HEAD = '255' ", "local HEAD = " + head + " ");
    }

    String refundScript() {
        return read(script + "-refund");
    }

    String[] keys(String name, int windows) {
        List<String> names = new ArrayList<>();
        if (keys != Keys.EACH_WINDOW) {
            names.add("bakeoff:{" + name + "}");
        }
        for (int i = 0; keys != Keys.ONE && i < windows; i++) {
            names.add("bakeoff:{" + name + "}:" + i);
        }
        return names.toArray(String[]::new);
    }

    private static String read(String script) {
        try (InputStream in = Layout.class.getResourceAsStream(script + ".lua")) {
            return new String(Objects.requireNonNull(in, script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
