package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CreditStore.Decision;
import io.github.reverseratelimiter.CreditStore.Reply;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.CreditStoreException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What the script answered, in the numbers that its header lists. */
final class Answer {

    private static final int OTHERS = 1;
    private static final int LATE = 2;
    private static final int NOBODY_TOLD = 4;
    private static final int LOST = 8;
    private static final int ALIKE = 16;
    private static final int FRONT = 4;
    private static final int EACH = 4;

    private final ByteBuffer bytes;
    /** Number of doubles before it. */
    private final int offset;

    private final int count;

    /**
     * Of these bytes.
     *
     * @throws CreditStoreException if the script cannot have answered so
     */
    Answer(byte[] reply) {
        if (reply.length < FRONT * Double.BYTES || reply.length % (EACH * Double.BYTES) != 0) {
            throw new CreditStoreException(
                    "Redis answered " + reply.length
                            + " bytes, which is not what the script answers: does something stand between it and this application?");
        }
        this.bytes = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
        this.offset = 0;
        this.count = reply.length / Double.BYTES;
    }

    private Answer(ByteBuffer bytes, int offset) {
        this.bytes = bytes;
        this.offset = offset;
        this.count = FRONT + EACH;
    }

    private long number(int index) {
        return (long) bytes.getDouble((offset + index) * Double.BYTES);
    }

    /** The server's clock. */
    long time() {
        return number(0);
    }

    /** The logical clock of the key. */
    long now() {
        return number(1);
    }

    long held() {
        return number(2);
    }

    /** Whether the deadline had passed. */
    boolean late() {
        return (number(3) & LATE) != 0;
    }

    /** Whether the same was asked before, by who has not heard the answer. */
    boolean lost() {
        return (number(3) & LOST) != 0;
    }

    /** Whether Redis did not let the script tell somebody that he was called up. */
    boolean nobodyTold() {
        return (number(3) & NOBODY_TOLD) != 0;
    }

    /** What was answered to the only operation. */
    long first() {
        return number(FRONT);
    }

    /** Whether a refund was sent again while the first try may come yet: nothing was done. */
    boolean tooEarly() {
        return number(FRONT + 1) == 1;
    }

    Reply reply() {
        if (count == FRONT + EACH) {
            return reply(List.of(decision(FRONT)));
        }
        List<Decision> decisions = new ArrayList<>((count - FRONT) / EACH);
        for (int i = FRONT; i < count; i += EACH) {
            decisions.add(decision(i));
        }
        return reply(decisions);
    }

    /**
     * To takes that travelled together.
     *
     * @throws CreditStoreException if the script cannot have answered so
     */
    Reply replyTo(List<Request> requests) {
        if ((number(3) & ALIKE) != 0 && count == FRONT + EACH) {
            return reply(alike(requests));
        }
        if (count != FRONT + EACH * requests.size()) {
            throw strange(requests.size() + " requests");
        }
        return reply();
    }

    /** All were taken for the same time: of each next one less remains. */
    private List<Decision> alike(List<Request> requests) {
        long at = number(FRONT + 1);
        int remaining = (int) number(FRONT + 2);
        long next = number(FRONT + 3);
        List<Decision> decisions = new ArrayList<>(requests.size());
        for (int i = 0; i < requests.size(); i++) {
            decisions.add(new Decision.Taken(at, remaining, next));
            remaining -= requests.get(i).credits();
        }
        return decisions;
    }

    private CreditStoreException strange(String asked) {
        return new CreditStoreException("Redis answered " + count
                + " numbers, which is not what the script answers for " + asked
                + ": does something stand between it and this application?");
    }

    /**
     * Of several keys: one after another.
     *
     * @throws CreditStoreException if the script cannot have answered so
     */
    List<Reply> replies(int keys) {
        if (count != keys * (FRONT + EACH)) {
            throw strange(keys + " keys");
        }
        List<Reply> replies = new ArrayList<>(keys);
        for (int i = 0; i < keys; i++) {
            replies.add(new Answer(bytes, i * (FRONT + EACH)).reply());
        }
        return replies;
    }

    private Reply reply(List<Decision> decisions) {
        boolean others = (number(3) & OTHERS) != 0;
        return new Reply(now(), time(), held(), others, decisions, OptionalLong.empty());
    }

    private Decision decision(int index) {
        long at = number(index + 1);
        int remaining = (int) number(index + 2);
        long next = number(index + 3);
        return switch ((int) number(index)) {
            case 0 -> new Decision.Taken(at, remaining, next);
            case 1 -> new Decision.Refused(at, remaining, next);
            case 3 -> new Decision.Queued(at, remaining, next);
            case 4 -> new Decision.Lost(at, remaining, next);
            default -> new Decision.Paused(at, remaining, next);
        };
    }
}
