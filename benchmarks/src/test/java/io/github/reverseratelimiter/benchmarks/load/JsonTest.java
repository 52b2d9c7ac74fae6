package io.github.reverseratelimiter.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void writesMapsListsTextsAndNumbers() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("text", "a");
        map.put("numbers", List.of(1.5, 2L));
        map.put("met", true);
        assertThat(Json.of(map)).isEqualTo("{\"text\": \"a\", \"numbers\": [1.5000, 2], \"met\": true}");
    }

    @Test
    void givesEachMapOfAListALine() {
        assertThat(Json.of(List.of(Map.of("a", 1), Map.of("a", 2)))).isEqualTo("[\n{\"a\": 1},\n{\"a\": 2}\n]");
    }

    @Test
    void escapesWhatATextMustNotHold() {
        assertThat(Json.of("a\"b\\c\n")).isEqualTo("\"a\\\"b\\\\c\\u000a\"");
    }

    @Test
    void hasNullForWhatIsNotANumber() {
        assertThat(Json.of(List.of(Double.NaN, Double.POSITIVE_INFINITY))).isEqualTo("[null, null]");
    }
}
