package io.github.reverseratelimiter.redis;

import io.github.reverseratelimiter.CountUntil;
import io.github.reverseratelimiter.CreditStore.Call;
import io.github.reverseratelimiter.CreditStore.Flight;
import io.github.reverseratelimiter.CreditStore.LeaseUse;
import io.github.reverseratelimiter.CreditStore.Refund;
import io.github.reverseratelimiter.CreditStore.Request;
import io.github.reverseratelimiter.RateLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;

/** What the script is asked, in the bytes that its header lists. */
@SuppressWarnings("ByteBufferBackingArray") // each buffer wraps the whole of its array
final class Wish {

    private static final int FRONT_BYTES = 25;
    private static final int LIMIT_BYTES = 16;
    private static final int OPERATION_BYTES = 23;
    private static final int DEADLINE_AT = 8;
    private static final int ID_BYTES = 6;

    private Wish() {}

    /** To decide the requests of a call. */
    static byte[] take(Call call, long time) {
        char letter = call.flight()
                .map(flight -> flight.countUntil() == CountUntil.GRANT ? 'B' : 'C')
                .orElse('T');
        return take(letter, call, time);
    }

    /** To decide requests that travel together: none of them has an identity of its own. */
    static byte[] takeShared(Call call, long trip, long time) {
        List<Request> requests = call.requests();
        boolean alike = areAlike(requests);
        List<Request> told = alike ? requests.subList(0, 1) : requests;
        ByteBuffer bytes = front(call, told.size() + 1, time);
        operation(bytes, 'M', alike ? requests.size() : 0, 0, trip);
        for (int i = 0; i < told.size(); i++) {
            operation(bytes, 'T', told.get(i).credits(), told.get(i).maxWait(), 0);
        }
        return bytes.array();
    }

    private static boolean areAlike(List<Request> requests) {
        Request first = requests.get(0);
        for (int i = 1; i < requests.size(); i++) {
            Request other = requests.get(i);
            if (other.credits() != first.credits() || other.maxWait() != first.maxWait()) {
                return false;
            }
        }
        return true;
    }

    /** To decide it together with those of other keys. */
    static byte[] takeAll(Call call, long time) {
        return take('A', call, time);
    }

    /** That a call has ended. */
    static byte[] ended(Call call, long time) {
        return take('E', call, time);
    }

    /** That several calls have ended: none of these requests has an identity of its own. */
    static byte[] endedTogether(Call call, long trip, long time) {
        int requests = call.requests().size();
        ByteBuffer bytes = front(call, requests + 1, time);
        operation(bytes, 'M', 0, 0, trip);
        for (int i = 0; i < requests; i++) {
            operation(bytes, 'E', call.requests().get(i).credits(), 0, 0);
        }
        return bytes.array();
    }

    /** That a call is not made. */
    static byte[] notMade(Call call, long request, long time) {
        return about('X', call, request, time);
    }

    /** That nobody waits for a request any more. */
    static byte[] withdrawn(Call call, long request, long time) {
        return about('W', call, request, time);
    }

    private static byte[] about(char letter, Call call, long request, long time) {
        Request first = call.requests().get(0);
        ByteBuffer bytes = front(call, 1, time);
        operation(bytes, letter, first.credits(), request, first.id());
        return bytes.array();
    }

    /** That a lease goes on. */
    static byte[] goesOn(Call call, long time) {
        ByteBuffer bytes = front(call, 1, time);
        operation(bytes, 'H', 0, 0, 0);
        return bytes.array();
    }

    private static byte[] take(char letter, Call call, long time) {
        int requests = call.requests().size();
        ByteBuffer bytes = front(call, requests, time);
        for (int i = 0; i < requests; i++) {
            Request request = call.requests().get(i);
            operation(bytes, letter, request.credits(), request.maxWait(), request.id());
        }
        return bytes.array();
    }

    /** All before the operations proper. */
    private static ByteBuffer front(Call call, int operations, long time) {
        int limits = call.limits().size();
        boolean paced = !call.pace().isZero();
        boolean flies = call.flight().isPresent();
        int all = operations + (paced ? 1 : 0) + (flies ? 1 : 0);
        byte[] wish = new byte[FRONT_BYTES + limits * LIMIT_BYTES + all * OPERATION_BYTES];
        ByteBuffer bytes = front(wish, time, call.margin(), limits);
        for (int i = 0; i < limits; i++) {
            RateLimit limit = call.limits().get(i);
            number(bytes, limit.windowMicros());
            number(bytes, limit.limit());
        }
        if (paced) {
            operation(bytes, 'G', micros(call.pace()), 0, 0);
        }
        if (flies) {
            Flight flight = call.flight().get();
            char letter = flight.use() == LeaseUse.GO_ON ? 'K' : 'L';
            operation(bytes, letter, micros(flight.life()), flight.maxInFlight(), flight.lease());
        }
        return bytes;
    }

    /** To drop credits that were granted for this time. */
    static byte[] refund(int credits, long at, long time) {
        byte[] wish = new byte[FRONT_BYTES + OPERATION_BYTES];
        long id = Request.newId();
        operation(front(wish, time, Duration.ZERO, 0), 'R', credits, at, id);
        return wish;
    }

    /** The same, which may have to be sent again. */
    static byte[] refund(Refund refund, long time) {
        return refund('S', refund, time);
    }

    /** It is sent again. */
    static byte[] refundAgain(Refund refund, long time) {
        return refund('N', refund, time);
    }

    private static byte[] refund(char letter, Refund refund, long time) {
        byte[] wish = new byte[FRONT_BYTES + 2 * OPERATION_BYTES];
        ByteBuffer bytes = front(wish, time, Duration.ZERO, 0);
        operation(bytes, letter, refund.until(), 0, refund.grant());
        operation(bytes, 'R', refund.credits(), refund.at(), refund.id());
        return wish;
    }

    /** To hold the key, but not beyond that time on the server's clock; 0 for no such time. */
    static byte[] pause(Duration duration, long end, long time) {
        byte[] wish = new byte[FRONT_BYTES + OPERATION_BYTES];
        operation(front(wish, time, Duration.ZERO, 0), 'P', micros(duration), end, 0);
        return wish;
    }

    /** Writes down until when it may be granted, in microseconds on the server's clock; 0 for ever. */
    static void deadline(byte[] wish, long micros) {
        buffer(wish).putDouble(DEADLINE_AT, (double) micros);
    }

    private static ByteBuffer front(byte[] wish, long time, Duration margin, int limits) {
        ByteBuffer bytes = buffer(wish);
        number(bytes, time);
        number(bytes, 0);
        number(bytes, micros(margin));
        return bytes.put((byte) limits);
    }

    private static void operation(ByteBuffer bytes, char letter, long first, long second, long id) {
        bytes.put((byte) letter);
        number(bytes, first);
        number(bytes, second);
        for (int i = 0; i < ID_BYTES; i++) {
            bytes.put((byte) (id >>> (8 * i)));
        }
    }

    /** Microseconds and credits lie far below 2^53, up to which a double is exact. */
    private static void number(ByteBuffer bytes, long value) {
        bytes.putDouble((double) value);
    }

    /** Rounded up. */
    static long micros(Duration duration) {
        return (duration.toNanos() + 999) / 1_000;
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
