package io.github.reverseratelimiter.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Maps, lists, texts and numbers as JSON. */
final class Json {

    private static final int LAST_CONTROL = 0x1f;

    private Json() {}

    /** On one line, except that each element of a list that holds maps has its own. */
    static String of(Object value) {
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> text(String.valueOf(entry.getKey())) + ": " + of(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (value instanceof List<?> list) {
            boolean maps = !list.isEmpty() && list.get(0) instanceof Map;
            return list.stream()
                    .map(Json::of)
                    .collect(Collectors.joining(maps ? ",\n" : ", ", maps ? "[\n" : "[", maps ? "\n]" : "]"));
        }
        if (value instanceof Double number) {
            return number.isNaN() || number.isInfinite() ? "null" : String.format(Locale.ROOT, "%.4f", number);
        }
        return value instanceof Number || value instanceof Boolean ? value.toString() : text(value.toString());
    }

    private static String text(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c <= LAST_CONTROL) {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
