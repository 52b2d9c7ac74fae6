package io.github.reverseratelimiter.sample;

import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what Redis answers to {@code INFO commandstats}. */
final class CommandStatistics {

    private static final Pattern NAME = Pattern.compile("(?:.*\\.)?cmdstat_(\\w+)"); // a cluster puts host:port. before
    private static final Pattern CALLS = Pattern.compile("calls=(\\d+),.*");

    private CommandStatistics() {}

    /** How often these commands, in lower case, were called. */
    static long calls(Properties statistics, String... commands) {
        List<String> wanted = List.of(commands);
        long calls = 0;
        for (String property : statistics.stringPropertyNames()) {
            Matcher name = NAME.matcher(property);
            Matcher value = CALLS.matcher(statistics.getProperty(property, ""));
            if (name.matches() && wanted.contains(name.group(1)) && value.matches()) {
                calls += Long.parseLong(value.group(1));
            }
        }
        return calls;
    }
}
