package io.github.reverseratelimiter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditStoreException.Reason;
import io.github.reverseratelimiter.time.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** FAULTS row 48: what is logged of outages, on a clock that is set. */
class StoreLogTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofMillis(250);
    private static final String BEGINS = "WARNING The store did not decide; ";
    private static final String LASTS = "WARNING The store still does not decide; ";
    private static final String ENDS = "INFO The store decides again after ";

    private final CreditStoreException refused = new CreditStoreException("refused");
    private final ManualTime time = new ManualTime();
    private final StoreWatch watch = new StoreWatch(time, TIMEOUT, new Deaf());
    private final Log log = new Log();

    @AfterEach
    void close() {
        log.close();
    }

    private List<String> lines() {
        return log.records.stream()
                .filter(each -> each.getLevel().intValue() >= Level.INFO.intValue())
                .map(each -> each.getLevel() + " " + each.getMessage())
                .toList();
    }

    private void fails(CreditStoreException cause) {
        watch.failed(time.nanoTime(), cause);
        watch.undecided(cause);
    }

    private void answers() {
        watch.answered(time.nanoTime());
    }

    /** As long as that, with a request a second. */
    private void outage(int seconds) {
        fails(refused);
        for (int i = 0; i < seconds; i++) {
            time.advance(SECOND);
            fails(refused);
        }
        answers();
    }

    /** One trip fails, and the next one is answered. */
    private void blip() {
        fails(refused);
        time.advance(TIMEOUT);
        answers();
    }

    @Test
    void anOutageThatBeginsSoonAfterAnotherIsToldAtOnce() {
        outage(1);
        time.advance(SECOND);
        fails(new CreditStoreException("frozen"));
        fails(new CreditStoreException("frozen"));

        assertThat(lines()).hasSize(3);
        assertThat(lines().get(0)).startsWith(BEGINS).endsWith("refused");
        assertThat(lines().get(1)).startsWith(ENDS + "1s");
        assertThat(lines().get(2)).startsWith(BEGINS).endsWith("frozen");
    }

    @Test
    void anOutageThatIsLongOrShortHasOneLineAtItsEnd() {
        blip();
        assertThat(lines()).hasSize(2).last().asString().startsWith(ENDS + "250ms; meanwhile 1 request got");
    }

    @Test
    void anOutageIsOneLineAMinuteCountedFromItsOwnFirst() {
        blip();
        time.advance(Duration.ofSeconds(30));
        outage(125);

        assertThat(lines()).hasSize(6);
        assertThat(lines().get(2)).startsWith(BEGINS);
        assertThat(lines().get(3)).startsWith(LASTS).contains("60 requests").doesNotContain("outage");
        assertThat(lines().get(4)).startsWith(LASTS).contains("60 requests");
        assertThat(lines().get(5)).startsWith(ENDS + "125s").contains("126 requests");
    }

    /** One trip that fails now and then, as at the end of a distribution, is not to hide that the store goes away. */
    @Test
    void singleFailuresLeaveRoomForAnOutage() {
        blip();
        blip();
        blip();
        assertThat(lines()).hasSize(2);

        outage(1);

        assertThat(lines()).hasSize(4);
        assertThat(lines().get(2))
                .startsWith(BEGINS)
                .endsWith(
                        "refused; there were 2 more outages since the last line, 500ms in all, in which 2 requests got"
                                + " the answer that on-store-failure says");
    }

    @Test
    void anOutageForWhichThereWasNoRoomIsToldWhileItLasts() {
        outage(1);
        outage(1);
        assertThat(lines()).hasSize(4);

        outage(70);

        assertThat(lines()).hasSize(6);
        assertThat(lines().get(4)).startsWith(BEGINS);
        assertThat(lines().get(5)).startsWith(ENDS + "70s").contains("71 requests");
    }

    @Test
    void outagesThatWereNotToldAreSummedUpWhenThereIsRoom() {
        for (int i = 0; i < 5; i++) {
            outage(1);
        }
        answers();
        assertThat(lines()).hasSize(4);

        time.advance(Duration.ofMinutes(1));
        answers();
        answers();

        assertThat(lines())
                .hasSize(5)
                .last()
                .isEqualTo("WARNING The store decides, but there were 3 more outages since the last line, 3s in all, in"
                        + " which 6 requests got the answer that on-store-failure says");
    }

    @Test
    void aStoreThatComesAndGoesIsFourLinesAMinute() {
        for (int i = 0; i < 600; i++) {
            fails(refused);
            fails(refused);
            time.advance(Duration.ofMillis(500));
            answers();
            time.advance(Duration.ofMillis(500));
        }
        assertThat(lines()).hasSize(40);
        assertThat(lines()).filteredOn(line -> line.startsWith(BEGINS)).hasSize(20);
        assertThat(lines()).filteredOn(line -> line.startsWith(ENDS)).hasSize(20);
    }

    /** Its thread was late, and so is not of an outage at all. */
    @Test
    void whoTellsOfAnOutageThatIsOverBeginsNone() {
        outage(1);
        watch.undecided(new StoreAwayException(refused));

        assertThat(lines()).hasSize(2);
    }

    private void failsAndIsOvertaken() {
        watch.failed(time.nanoTime(), refused);
        time.advance(TIMEOUT);
        answers();
        watch.undecided(refused);
    }

    /** Between the failure and the line about it came another thread's answer. */
    @Test
    void aFailureThatAnAnswerOvertookIsTold() {
        failsAndIsOvertaken();

        assertThat(lines())
                .containsExactly(
                        "WARNING The store did not decide for 250ms, and decides again; meanwhile 1 request got"
                                + " the answer that on-store-failure says: refused");
    }

    @Test
    void failuresThatAnswersOvertookAreOneLineAMinute() {
        for (int i = 0; i < 61; i++) {
            failsAndIsOvertaken();
            time.advance(SECOND.minus(TIMEOUT));
        }

        assertThat(lines())
                .hasSize(2)
                .last()
                .asString()
                .endsWith("refused; there were 59 more outages since the last line, 14.75s in all, in which 59 requests"
                        + " got the answer that on-store-failure says");
    }

    @Test
    void aFailureThatAnAnswerOvertookIsNotCountedOnceMore() {
        failsAndIsOvertaken();
        outage(1);

        assertThat(lines()).hasSize(3);
        assertThat(lines().get(2)).startsWith(ENDS + "1s").contains("2 requests");
    }

    /** It is one of those that its outage's last line has counted, or the next one counts. */
    @Test
    void aFailureThatIsLateForAnOutageThatWasToldHasNoLineOfItsOwn() {
        outage(1);
        watch.undecided(refused);

        assertThat(lines()).hasSize(2);
    }

    @Test
    void aStoreThatRefusesIsOneLineAMinuteAndEndsAnOutage() {
        CreditStoreMisconfiguredException refusal = new CreditStoreMisconfiguredException(Reason.ACCESS, "allow it");
        fails(refused);
        for (int i = 0; i < 61; i++) {
            time.advance(SECOND);
            watch.refused(time.nanoTime(), refusal);
        }
        assertThat(lines()).hasSize(4);
        assertThat(lines().get(1)).startsWith(ENDS + "1s");
        assertThat(lines().get(2))
                .startsWith("SEVERE The store refuses until somebody changes something; ")
                .contains("1 request failed so")
                .endsWith("allow it");
        assertThat(lines().get(3)).contains("60 requests failed so");
    }

    @ParameterizedTest
    @EnumSource(names = {"FORMAT", "OUT_OF_MEMORY", "TRY_AGAIN"})
    void keysThatAloneAreNotDecidedAreNoOutageAndHideNone(Reason reason) {
        CreditStoreException cause = new CreditStoreException(reason, "of this key");
        for (int i = 0; i < 3; i++) {
            if (reason != Reason.FORMAT) { // which is an answer
                watch.failed(time.nanoTime(), cause);
            }
            watch.undecided(cause);
            answers();
        }
        assertThat(lines())
                .singleElement()
                .asString()
                .startsWith("WARNING The store does not decide about some keys; ")
                .contains("1 request got")
                .endsWith("of this key");

        outage(1);

        assertThat(lines()).hasSize(3);
        assertThat(lines().get(1)).startsWith(BEGINS).endsWith("refused");
        time.advance(Duration.ofMinutes(1));
        watch.undecided(cause);
        assertThat(lines()).hasSize(4).last().asString().contains("3 requests got");
    }
}
