package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** What the script is asked, in the bytes that its header lists. */
final class Wish {

    private static final int FRONT_BYTES = 25;
    private static final int LIMIT_BYTES = 16;
    private static final int OPERATION_BYTES = 23;
    private static final int DEADLINE_AT = 8;
    private static final int ID_BYTES = 6;
    private static final long IDENTITIES = 1L << (8 * ID_BYTES);

    private Wish() {}

    /** To decide the requests of a call. */
    static byte[] take(Call call, long time) {
        int limits = call.limits().size();
        int requests = call.requests().size();
        ByteBuffer bytes = front(time, call.margin(), limits, requests);
        for (int i = 0; i < limits; i++) {
            RateLimit limit = call.limits().get(i);
            bytes.putDouble(limit.windowMicros()).putDouble(limit.limit());
        }
        for (int i = 0; i < requests; i++) {
            Request request = call.requests().get(i);
            operation(bytes, 'T', request.credits(), request.maxWait(), request.id());
        }
        return bytes.array();
    }

    /** To drop credits that were granted for this time. */
    static byte[] refund(int credits, long at, long time) {
        ByteBuffer bytes = front(time, Duration.ZERO, 0, 1);
        operation(bytes, 'R', credits, at, ThreadLocalRandom.current().nextLong(1, IDENTITIES));
        return bytes.array();
    }

    /** To hold the key. */
    static byte[] pause(Duration duration, long time) {
        ByteBuffer bytes = front(time, Duration.ZERO, 0, 1);
        operation(bytes, 'P', duration.toNanos() / 1_000, 0, 0);
        return bytes.array();
    }

    /** Writes down until when it may be granted, in microseconds on the server's clock; 0 for ever. */
    static void deadline(byte[] wish, long micros) {
        buffer(wish).putDouble(DEADLINE_AT, micros);
    }

    private static ByteBuffer front(long time, Duration margin, int limits, int operations) {
        ByteBuffer bytes = buffer(new byte[FRONT_BYTES + limits * LIMIT_BYTES + operations * OPERATION_BYTES]);
        return bytes.putDouble(time)
                .putDouble(0)
                .putDouble((margin.toNanos() + 999) / 1_000)
                .put((byte) limits);
    }

    private static void operation(ByteBuffer bytes, char letter, double first, double second, long id) {
        bytes.put((byte) letter).putDouble(first).putDouble(second);
        for (int i = 0; i < ID_BYTES; i++) {
            bytes.put((byte) (id >>> (8 * i)));
        }
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
