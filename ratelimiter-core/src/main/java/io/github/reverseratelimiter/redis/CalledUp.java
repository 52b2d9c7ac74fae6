package io.github.reverseratelimiter.redis;

import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** How the script tells an instance that one of its requests was called up: six bytes, on a channel of the instance's own. */
final class CalledUp {

    private static final String CHANNEL = "rrl:called:";
    private static final int ID_BYTES = 6;

    private CalledUp() {}

    /** The same for all key prefixes: an instance is a random number, which no other application has. */
    static String channel(int instance) {
        return CHANNEL + Integer.toUnsignedString(instance);
    }

    /** Reads the identity of the request; passes over what the script cannot have written. */
    static Consumer<byte[]> reading(LongConsumer request) {
        return message -> {
            if (message.length == ID_BYTES) {
                request.accept(identity(message));
            }
        };
    }

    private static long identity(byte[] message) {
        long id = 0;
        for (int i = ID_BYTES - 1; i >= 0; i--) {
            id = (id << 8) | (message[i] & 0xff);
        }
        return id;
    }
}
