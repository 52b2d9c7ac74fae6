package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.Acquisition.Granted;
import io.github.reverseratelimiter.CallEnd;
import io.github.reverseratelimiter.CreditRequest;
import io.github.reverseratelimiter.ReverseRateLimiter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Another JVM that begins calls and ends them when it is told to; a test kills it, or lets it stand still. */
final class Caller implements AutoCloseable {

    private static final String BEGIN = "begin";
    private static final String END = "end";

    private final Process process;
    private final PrintStream orders;
    private final BufferedReader answers;

    private Caller(Process process) {
        this.process = process;
        this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Of so many calls at most, counted under leases of that length. */
    static Caller start(String uri, String key, int atMost, Duration lease) throws IOException {
        return new Caller(Jvm.small("64m", Caller.class, uri, key, Integer.toString(atMost), lease.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    public static void main(String[] arguments) throws IOException {
        CreditRequest request = CreditRequest.inFlight(arguments[1], Integer.parseInt(arguments[2]));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<Granted> calls = new ArrayList<>();
        try (ReverseRateLimiter limiter = ReverseRateLimiter.builder(
                        new RedisCreditStore(LettuceScriptExecutor.to(arguments[0]), "rrl:"))
                .lease(Duration.parse(arguments[3]))
                .build()) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                if (order.equals(END)) {
                    calls.forEach(call -> limiter.complete(call, CallEnd.ANSWERED));
                    System.out.println(calls.size());
                    calls.clear();
                } else {
                    int before = calls.size();
                    while (limiter.acquire(request) instanceof Granted granted) {
                        calls.add(granted);
                    }
                    System.out.println(calls.size() - before);
                }
            }
        }
    }

    /** Begins as many calls as it may: how many. */
    int begin() throws IOException {
        orders.println(BEGIN);
        return Integer.parseInt(answers.readLine());
    }

    /** Ends all its calls: how many. */
    int end() throws IOException {
        orders.println(END);
        return Integer.parseInt(answers.readLine());
    }

    void freeze() {
        Signal.STOP.to(process.pid());
    }

    void thaw() {
        Signal.CONT.to(process.pid());
    }

    void kill() {
        Signal.KILL.to(process.pid());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
