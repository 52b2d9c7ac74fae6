package io.github.reverseratelimiter.spring.redis;

import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** An application that has just been started, and has never called: how long its first call takes, once it is told to. */
final class FirstCallProcess {

    static class Client {

        @ReverseRateLimited(key = "'acme'", limit = 1_000_000, window = "1h", margin = "1h")
        public void call() {}
    }

    private FirstCallProcess() {}

    public static void main(String[] args) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        Reasons.Client.valueOf(args[1])
                .use(Contexts.redis())
                .withPropertyValues("spring.data.redis.port=" + args[0])
                .withBean(Client.class)
                .run(context -> {
                    Client client = context.getBean(Client.class);
                    System.out.println("ready");
                    orders.readLine();
                    long begun = System.nanoTime();
                    String how = "made";
                    try {
                        client.call();
                    } catch (RuntimeException e) {
                        how = e.getClass().getSimpleName();
                    }
                    System.out.println("took " + (System.nanoTime() - begun) / 1_000 + " " + how);
                });
        System.exit(0);
    }
}
