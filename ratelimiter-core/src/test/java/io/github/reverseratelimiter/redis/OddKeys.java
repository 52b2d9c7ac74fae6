package io.github.reverseratelimiter.redis;

import java.util.ArrayList;
import java.util.List;

/** Keys that people should not, but do, use; all different. */
final class OddKeys {

    private OddKeys() {}

    static List<String> all() {
        List<String> keys = new ArrayList<>(List.of(
                "acme",
                "ACME",
                "acme ",
                " acme",
                "acme\r\n",
                "acme\n",
                "a\r\nDEL *\r\n",
                "\0",
                "acme\0",
                "\u0001\u007f\u0080\u00ff",
                "é",
                "e\u0301",
                "🦊",
                "👨‍👩‍👧",
                "\uD83E",
                "\uDD8A",
                "\uDD8A\uD83E",
                "\uD83Ea",
                "?",
                "\uFFFD",
                "{acme}",
                "{}acme",
                "}{",
                "{{{{",
                "{",
                "}",
                ":",
                "::",
                ":acme",
                "github:acme",
                "%3A",
                "%",
                "*",
                "[a-z]",
                "sha256",
                "sha256:",
                "sha256:0",
                "sha256:" + "0".repeat(64),
                "\u00A0",
                "\u202Eemca",
                "x".repeat(200),
                "x".repeat(201),
                "x".repeat(202),
                "é".repeat(100),
                "é".repeat(101),
                "🦊".repeat(1_000),
                "\uD83E".repeat(66),
                "\uD83E".repeat(67),
                "x".repeat(1_000_000),
                "x".repeat(999_999) + "y",
                "{".repeat(1_000_000)));
        for (char c = '!'; c <= '~'; c++) {
            keys.add("key-" + c);
        }
        return keys;
    }
}
