package io.github.reverseratelimiter.spring.share;

import static io.github.reverseratelimiter.spring.share.ShareProcess.LIMIT;
import static io.github.reverseratelimiter.spring.share.ShareProcess.MARGIN;

import io.github.reverseratelimiter.BusiestWindow;
import java.util.Comparator;
import java.util.List;

/**
 * What came to the provider before, during and after an outage, in microseconds.
 *
 * <p>Counted are calls by the time of their arrival, if they arrived within the margin from when they had asked: for the
 * others no limiter can promise a window. Windows are a little shorter than they are, for two clocks in one machine.
 *
 * @param arrivals all of them, in order
 * @param leaves when the outage began to begin
 * @param gone when it had begun: no credit of Redis was granted later
 * @param returns when it began to end
 * @param back when it had ended
 */
record Course(List<Arrival> arrivals, long leaves, long gone, long returns, long back) {

    static final long MARGIN_MICROS = MARGIN.toNanos() / 1_000;
    /** In which a limit is granted at most. */
    static final long SPAN_MICROS = LIMIT.windowMicros() + MARGIN_MICROS;

    private static final long CLOCK_ERROR_MICROS = 1_000;
    /** For which an instance may not know that Redis is back: as docs/design.md says. */
    private static final long MISTAKE_MICROS = 2_000_000;

    Course {
        arrivals =
                arrivals.stream().sorted(Comparator.comparingLong(Arrival::at)).toList();
    }

    Course from(long micros) {
        return new Course(arrivals.stream().filter(each -> each.at() >= micros).toList(), leaves, gone, returns, back);
    }

    Course until(long micros) {
        return new Course(arrivals.stream().filter(each -> each.at() < micros).toList(), leaves, gone, returns, back);
    }

    /** From when on all calls were granted without Redis. */
    long onlyShares() {
        return gone + MARGIN_MICROS;
    }

    /** The most that can be counted in any window. */
    int most() {
        return BusiestWindow.of(
                arrivals.stream().filter(Course::isCounted).map(Arrival::at).toList(),
                LIMIT.windowMicros() - 2 * CLOCK_ERROR_MICROS);
    }

    static boolean isCounted(Arrival arrival) {
        return arrival.at() - arrival.asked() <= MARGIN_MICROS;
    }

    /**
     * Without calls that an instance granted alone though there was no outage: its trip was late because the machine
     * was busy, and they are beside the limit, as documented.
     */
    Course withoutFalseAlarms() {
        return new Course(arrivals.stream().filter(each -> !isFalseAlarm(each)).toList(), leaves, gone, returns, back);
    }

    boolean isFalseAlarm(Arrival arrival) {
        return arrival.local() && (arrival.at() < leaves || arrival.asked() > back + MISTAKE_MICROS);
    }

    /** Which part of the limit was used: how long it took until as many more calls as the limit had come, on average. */
    double use() {
        int limit = LIMIT.limit();
        int pairs = arrivals.size() - limit;
        if (pairs < limit) {
            return 0;
        }
        long sum = 0;
        for (int i = 0; i < pairs; i++) {
            sum += arrivals.get(i + limit).at() - arrivals.get(i).at();
        }
        return SPAN_MICROS / (sum / (double) pairs);
    }
}
