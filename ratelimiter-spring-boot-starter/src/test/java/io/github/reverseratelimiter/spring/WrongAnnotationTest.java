package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.spring.aop.InvalidRateLimitedMethodException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A wrong annotation stops the start, and says where it stands, what is wrong, and what to do. */
class WrongAnnotationTest {

    static Stream<Arguments> wrong() {
        return Stream.of(
                wrong(NoLimit.class, "no limit is given", "limit = 5, window = \"1s\""),
                wrong(UnknownName.class, "there is no limiter 'githbu' among [github, stripe]", "Configure it"),
                wrong(WindowWithoutLimit.class, "limit must be at least 1 but was 0", "number of credits"),
                wrong(LimitWithoutWindow.class, "limit is 5 but no window is given", "window = \"1s\""),
                wrong(NegativeLimit.class, "limit must be at least 1 but was -5", "number of credits"),
                wrong(UnparsableWindow.class, "window \"one minute\" is not a duration", "1m or PT1M"),
                wrong(WindowWithoutUnit.class, "window \"60\" has no unit", "250ms, 1s"),
                wrong(SignedWindowWithoutUnit.class, "window \"+60\" has no unit", "250ms, 1s"),
                wrong(ZeroWithoutUnit.class, "window must be at least 1ms but was 0s", "1ms or more"),
                wrong(LimitZero.class, "no limit is given", "limit = 5, window = \"1s\""),
                wrong(NothingAtAll.class, "no limit is given", "limit = 5, window = \"1s\""),
                wrong(LimitZeroOfAWindow.class, "limit must be at least 1 but was 0", "number of credits"),
                wrong(BlankWindow.class, "window is \" \"", "leave it out"),
                wrong(BlankKeyText.class, "key is \" \"", "leave it out"),
                wrong(EmptyKeyProperty.class, "key is \"${empty}\", which comes to nothing", "leave it out"),
                wrong(EmptyNameProperty.class, "name is \"${empty}\", which comes to nothing", "leave it out"),
                wrong(EmptyKey.class, "key must not be empty", "account"),
                wrong(CircularPlaceholder.class, "window is \"${circle}\"", "circular"),
                wrong(LongName.class, "limiter name must have at most 100 characters", "shorter"),
                wrong(TemplateExpression.class, "key \"#{#account}\" is not a SpEL expression", "\"#account\""),
                wrong(UnknownTypeInKey.class, "names the type 'com.acme.Missing'", "correct"),
                wrong(ZeroWindow.class, "window must be at least 1ms but was 0s", "1ms or more"),
                wrong(SubMillisecondWindow.class, "window must be at least 1ms but was", "1ms or more"),
                wrong(NegativeWindow.class, "window must be at least 1ms but was -1s", "1ms or more"),
                wrong(EndlessWindow.class, "window must be at most 366d", "366 days or less"),
                wrong(OverflowingWindow.class, "window \"9223372036854775807d\" is not a duration", "PT1M"),
                wrong(NegativeMargin.class, "margin must not be negative but was -5ms", "0ms or more"),
                wrong(LongMargin.class, "margin must not be longer than the window but was 2s", "at most 1s"),
                wrong(UnparsableMargin.class, "margin \"some\" is not a duration", "250ms"),
                wrong(NoCredits.class, "credits must be at least 1 but was 0", "what the call costs"),
                wrong(NegativeCredits.class, "credits must be at least 1 but was -1", "what the call costs"),
                wrong(ManyCredits.class, "credits must not exceed the limit but was 6", "split it"),
                wrong(ManyCreditsOfANamedLimiter.class, "credits must not exceed the limit but was 9", "split it"),
                wrong(NegativeRetries.class, "retries must be at least 0 but was -1", "1 + retries"),
                wrong(IntervalWithoutRetries.class, "retryInterval is \"1s\" but retries is 0", "Give retries too"),
                wrong(UnparsableInterval.class, "retryInterval \"soon\" is not a duration", "250ms"),
                wrong(NegativeInterval.class, "retryInterval must not be negative but was -1s", "0s or more"),
                wrong(UnparsableMaxWait.class, "maxWait \"2 s\" is not a duration", "250ms"),
                wrong(NegativeMaxWait.class, "maxWait must not be negative but was -2s", "0s or more"),
                wrong(EndlessMaxWait.class, "maxWait must be at most 366d", "shorter"),
                wrong(BadName.class, "limiter name must be made of letters", "git hub"),
                wrong(UnparsableKey.class, "key \"#account +\" is not a SpEL expression", "\"#account\""),
                wrong(UnknownVariable.class, "names #acount", "[a0, account, p0, root, this]", "-parameters"),
                wrong(UnknownVariableInside.class, "names #acount", "[a0, account, p0, root, this]"),
                wrong(UnknownVariableInASelection.class, "names #acount", "[a0, accounts, p0, root, this]"),
                wrong(UnknownIndex.class, "names #p1", "[a0, account, p0, root, this]"),
                wrong(Function.class, "names the function #of", "a method of a bean"),
                wrong(UnknownBean.class, "names the bean 'tenants'", "Define it"),
                wrong(BareText.class, "names 'github', but #root has only args, method and target", "\"'github'\""),
                wrong(UnknownRootProperty.class, "names 'methd', but #root has only", "\"#methd\""),
                wrong(BlankKey.class, "key must not be blank", "account"),
                wrong(NullKey.class, "is null", "account"),
                wrong(UnknownPlaceholder.class, "window is \"${no.such.window}\"", "${name:1s}"),
                wrong(UnknownKeyPlaceholder.class, "key is \"${no.such.key}\"", "${name:1s}"),
                wrong(PrivateMethod.class, "the method is private", "make it public", "ReverseRateLimiter bean"),
                wrong(StaticMethod.class, "the method is static", "method of the bean"),
                wrong(FinalMethod.class, "the method is final", "leave out 'final'"),
                wrong(FinalImplementation.class, "the method is final", "leave out 'final'"),
                wrong(FinalClass.class, "is final and implements no interface", "leave out 'final'"),
                wrong(LimitTwice.class, "limit is 5 and limitString is \"6\"", "leave one of them out"),
                wrong(LimitOfWords.class, "limitString \"many\" is not a whole number", "such as \"5\""),
                wrong(LimitOfAFraction.class, "limitString \"5.5\" is not a whole number", "such as \"5\""),
                wrong(LimitTextZero.class, "limit must be at least 1 but was 0", "number of credits"),
                wrong(HugeLimitText.class, "limitString \"3000000000\" is out of range", "at most 2147483647"),
                wrong(LimitTextWithoutWindow.class, "limit is 5 but no window is given", "window = \"1s\""),
                wrong(UnknownLimitPlaceholder.class, "limitString is \"${no.such.limit}\"", "set the property"),
                wrong(RetriesTwice.class, "retries is 1 and retriesString is \"2\"", "leave one of them out"),
                wrong(RetriesOfWords.class, "retriesString \"often\" is not a whole number", "such as \"5\""),
                wrong(NegativeRetriesText.class, "retries must be at least 0 but was -2", "1 + retries"),
                wrong(CostBesideCredits.class, "credits is 2 and cost is \"#account.length()\"", "leave one"),
                wrong(UnparsableCost.class, "cost \"#account +\" is not a SpEL expression", "\"#batch.size()\""),
                wrong(UnknownCostVariable.class, "cost \"#acount.length()\" names #acount", "[a0, account, p0,"),
                wrong(CostZero.class, "cost \"0\" is 0, less than 1", "what the call costs"),
                wrong(CostOfWords.class, "cost \"'a'\" is a java.lang.String, not a number", "from 1 to the limit"),
                wrong(CostAboveTheLimit.class, "credits must not exceed the limit but was 6", "split it"),
                wrong(NegativeCap.class, "max-in-flight must be from 1 to 100000 but was -1", "leave it out"),
                wrong(HugeCap.class, "max-in-flight must be from 1 to 100000 but was 100001", "leave it out"),
                wrong(CapZero.class, "no limit is given", "maxInFlight"),
                wrong(CapOfAnUnknownName.class, "there is no limiter 'githbu' among [github, stripe]", "Configure it"),
                wrong(CountUntilSomething.class, "countUntil \"end\" is neither grant nor completion", "leave it out"),
                wrong(CountUntilAlone.class, "no limit is given", "limit = 5"),
                wrong(CountUntilOfACap.class, "countUntil is given but no limit is", "limit = 5"),
                wrong(PaceOfACap.class, "pace is true but no limit is", "limit = 5"),
                wrong(MarginOfACap.class, "margin is given but no limit is", "limit = 5"),
                wrong(LearntMarginWithoutName.class, "margin is \"auto\" but no name is given", "name = \"github\""),
                wrong(CapAmongSeveralKeys.class, "several keys", "key #account", "maxInFlight is 2", "one key only"),
                wrong(CompletionAmongSeveralKeys.class, "several keys", "countUntil is \"completion\""),
                wrong(TwoCaps.class, "allow 2 and 3 calls in flight", "keep the smaller"),
                wrong(InheritsAWrongOne.class, "no limit is given", "limit = 5"));
    }

    private static Arguments wrong(Class<?> bean, String... said) {
        return Arguments.of(bean, List.of(said));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void stopsTheStart(Class<?> bean, List<String> said) {
        runner().withBean("client", bean).run(context -> {
            assertThat(context).hasFailed();

            String analysis = Analyses.of(context.getStartupFailure());

            assertThat(analysis)
                    .startsWith("@ReverseRateLimited on ")
                    .contains("WrongAnnotationTest$")
                    .contains(".call(");
            assertThat(said).allSatisfy(part -> assertThat(analysis).containsIgnoringCase(part));
        });
    }

    @Test
    void isOneTypeOfException() {
        runner().withBean(NoLimit.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOfSatisfying(InvalidRateLimitedMethodException.class, e -> {
                            assertThat(e.method()).isEqualTo(NoLimit.class.getName() + ".call(String)");
                            assertThat(e.problem()).isEqualTo("no limit is given");
                            assertThat(e.remedy()).startsWith("give limit and window");
                        }));
    }

    @Test
    void isNotLookedAtWhereLimitingIsSwitchedOff() {
        runner().withPropertyValues("reverse-rate-limiter.enabled=false")
                .withBean(NoLimit.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static ApplicationContextRunner runner() {
        return Contexts.memory()
                .withPropertyValues(
                        "empty=",
                        "circle=${circle}",
                        "reverse-rate-limiter.limiters.github.limit=5",
                        "reverse-rate-limiter.limiters.github.window=1s",
                        "reverse-rate-limiter.limiters.stripe.limit=8",
                        "reverse-rate-limiter.limiters.stripe.window=1s");
    }

    static class NoLimit {
        @ReverseRateLimited(key = "#account")
        public void call(String account) {}
    }

    static class UnknownName {
        @ReverseRateLimited(name = "githbu", key = "#account")
        public void call(String account) {}
    }

    static class WindowWithoutLimit {
        @ReverseRateLimited(window = "1s")
        public void call() {}
    }

    static class LimitWithoutWindow {
        @ReverseRateLimited(limit = 5)
        public void call() {}
    }

    static class NegativeLimit {
        @ReverseRateLimited(limit = -5, window = "1s")
        public void call() {}
    }

    static class UnparsableWindow {
        @ReverseRateLimited(limit = 5, window = "one minute")
        public void call() {}
    }

    static class WindowWithoutUnit {
        @ReverseRateLimited(limit = 5, window = "60")
        public void call() {}
    }

    static class SignedWindowWithoutUnit {
        @ReverseRateLimited(limit = 5, window = "+60")
        public void call() {}
    }

    static class ZeroWithoutUnit {
        @ReverseRateLimited(limit = 5, window = "0")
        public void call() {}
    }

    static class LimitZero {
        @ReverseRateLimited(limit = 0)
        public void call() {}
    }

    static class NothingAtAll {
        @ReverseRateLimited
        public void call() {}
    }

    static class LimitZeroOfAWindow {
        @ReverseRateLimited(limit = 0, window = "1s")
        public void call() {}
    }

    static class BlankWindow {
        @ReverseRateLimited(name = "github", window = " ")
        public void call() {}
    }

    static class BlankKeyText {
        @ReverseRateLimited(key = " ", limit = 5, window = "1s")
        public void call() {}
    }

    static class EmptyKeyProperty {
        @ReverseRateLimited(key = "${empty}", limit = 5, window = "1s")
        public void call() {}
    }

    static class EmptyNameProperty {
        @ReverseRateLimited(name = "${empty}", limit = 5, window = "1s")
        public void call() {}
    }

    static class EmptyKey {
        @ReverseRateLimited(key = "''", limit = 5, window = "1s")
        public void call() {}
    }

    static class CircularPlaceholder {
        @ReverseRateLimited(limit = 5, window = "${circle}")
        public void call() {}
    }

    static class LongName {
        @ReverseRateLimited(
                name = "a123456789a123456789a123456789a123456789a123456789"
                        + "a123456789a123456789a123456789a123456789a123456789a",
                limit = 5,
                window = "1s")
        public void call() {}
    }

    static class TemplateExpression {
        @ReverseRateLimited(key = "#{#account}", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class UnknownTypeInKey {
        @ReverseRateLimited(key = "T(com.acme.Missing).of(#account)", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class ZeroWindow {
        @ReverseRateLimited(limit = 5, window = "0s")
        public void call() {}
    }

    static class SubMillisecondWindow {
        @ReverseRateLimited(limit = 5, window = "999us")
        public void call() {}
    }

    static class NegativeWindow {
        @ReverseRateLimited(limit = 5, window = "-1s")
        public void call() {}
    }

    static class EndlessWindow {
        @ReverseRateLimited(limit = 5, window = "109500d")
        public void call() {}
    }

    static class OverflowingWindow {
        @ReverseRateLimited(limit = 5, window = "9223372036854775807d")
        public void call() {}
    }

    static class NegativeMargin {
        @ReverseRateLimited(limit = 5, window = "1s", margin = "-5ms")
        public void call() {}
    }

    static class LongMargin {
        @ReverseRateLimited(limit = 5, window = "1s", margin = "2s")
        public void call() {}
    }

    static class UnparsableMargin {
        @ReverseRateLimited(limit = 5, window = "1s", margin = "some")
        public void call() {}
    }

    static class NoCredits {
        @ReverseRateLimited(limit = 5, window = "1s", credits = 0)
        public void call() {}
    }

    static class NegativeCredits {
        @ReverseRateLimited(limit = 5, window = "1s", credits = -1)
        public void call() {}
    }

    static class ManyCredits {
        @ReverseRateLimited(limit = 5, window = "1s", credits = 6)
        public void call() {}
    }

    static class ManyCreditsOfANamedLimiter {
        @ReverseRateLimited(name = "stripe", credits = 9)
        public void call() {}
    }

    static class NegativeRetries {
        @ReverseRateLimited(limit = 5, window = "1s", retries = -1)
        public void call() {}
    }

    static class IntervalWithoutRetries {
        @ReverseRateLimited(limit = 5, window = "1s", retryInterval = "1s")
        public void call() {}
    }

    static class UnparsableInterval {
        @ReverseRateLimited(limit = 5, window = "1s", retries = 1, retryInterval = "soon")
        public void call() {}
    }

    static class NegativeInterval {
        @ReverseRateLimited(limit = 5, window = "1s", retries = 1, retryInterval = "-1s")
        public void call() {}
    }

    static class UnparsableMaxWait {
        @ReverseRateLimited(limit = 5, window = "1s", maxWait = "2 s")
        public void call() {}
    }

    static class NegativeMaxWait {
        @ReverseRateLimited(limit = 5, window = "1s", maxWait = "-2s")
        public void call() {}
    }

    static class EndlessMaxWait {
        @ReverseRateLimited(limit = 5, window = "1s", maxWait = "367d")
        public void call() {}
    }

    static class BadName {
        @ReverseRateLimited(name = "git hub", limit = 5, window = "1s")
        public void call() {}
    }

    static class UnparsableKey {
        @ReverseRateLimited(key = "#account +", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class UnknownVariable {
        @ReverseRateLimited(key = "#acount", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class UnknownVariableInside {
        @ReverseRateLimited(key = "'user:' + #account.concat(#acount)", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class UnknownVariableInASelection {
        @ReverseRateLimited(key = "#accounts.?[#this == #acount].toString()", limit = 5, window = "1s")
        public void call(List<String> accounts) {}
    }

    static class UnknownIndex {
        @ReverseRateLimited(key = "#p1", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class Function {
        @ReverseRateLimited(key = "#of(#account)", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class UnknownBean {
        @ReverseRateLimited(key = "@tenants.of(#account)", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class BareText {
        @ReverseRateLimited(key = "github", limit = 5, window = "1s")
        public void call() {}
    }

    static class UnknownRootProperty {
        @ReverseRateLimited(key = "#root.methd.name", limit = 5, window = "1s")
        public void call() {}
    }

    static class BlankKey {
        @ReverseRateLimited(key = "' '", limit = 5, window = "1s")
        public void call() {}
    }

    static class NullKey {
        @ReverseRateLimited(key = "null", limit = 5, window = "1s")
        public void call() {}
    }

    static class UnknownPlaceholder {
        @ReverseRateLimited(limit = 5, window = "${no.such.window}")
        public void call() {}
    }

    static class UnknownKeyPlaceholder {
        @ReverseRateLimited(key = "${no.such.key}", limit = 5, window = "1s")
        public void call() {}
    }

    static class PrivateMethod {
        @ReverseRateLimited(limit = 5, window = "1s")
        private void call() {}

        void caller() {
            call();
        }
    }

    static class StaticMethod {
        @ReverseRateLimited(limit = 5, window = "1s")
        public static void call() {}
    }

    static class FinalMethod {
        @ReverseRateLimited(limit = 5, window = "1s")
        public final void call() {}
    }

    interface Remote {
        @ReverseRateLimited(limit = 5, window = "1s")
        void call();
    }

    static class FinalImplementation implements Remote {
        @Override
        public final void call() {}
    }

    static final class FinalClass {
        @ReverseRateLimited(limit = 5, window = "1s")
        public void call() {}
    }

    static class LimitTwice {
        @ReverseRateLimited(limit = 5, limitString = "6", window = "1s")
        public void call() {}
    }

    static class LimitOfWords {
        @ReverseRateLimited(limitString = "many", window = "1s")
        public void call() {}
    }

    static class LimitOfAFraction {
        @ReverseRateLimited(limitString = "5.5", window = "1s")
        public void call() {}
    }

    static class LimitTextZero {
        @ReverseRateLimited(limitString = "0", window = "1s")
        public void call() {}
    }

    static class HugeLimitText {
        @ReverseRateLimited(limitString = "3000000000", window = "1s")
        public void call() {}
    }

    static class LimitTextWithoutWindow {
        @ReverseRateLimited(limitString = "5")
        public void call() {}
    }

    static class UnknownLimitPlaceholder {
        @ReverseRateLimited(limitString = "${no.such.limit}", window = "1s")
        public void call() {}
    }

    static class RetriesTwice {
        @ReverseRateLimited(limit = 5, window = "1s", retries = 1, retriesString = "2")
        public void call() {}
    }

    static class RetriesOfWords {
        @ReverseRateLimited(limit = 5, window = "1s", retriesString = "often")
        public void call() {}
    }

    static class NegativeRetriesText {
        @ReverseRateLimited(limit = 5, window = "1s", retriesString = "-2")
        public void call() {}
    }

    static class CostBesideCredits {
        @ReverseRateLimited(limit = 5, window = "1s", credits = 2, cost = "#account.length()")
        public void call(String account) {}
    }

    static class UnparsableCost {
        @ReverseRateLimited(limit = 5, window = "1s", cost = "#account +")
        public void call(String account) {}
    }

    static class UnknownCostVariable {
        @ReverseRateLimited(limit = 5, window = "1s", cost = "#acount.length()")
        public void call(String account) {}
    }

    static class CostZero {
        @ReverseRateLimited(limit = 5, window = "1s", cost = "0")
        public void call() {}
    }

    static class CostOfWords {
        @ReverseRateLimited(limit = 5, window = "1s", cost = "'a'")
        public void call() {}
    }

    static class CostAboveTheLimit {
        @ReverseRateLimited(limit = 5, window = "1s", cost = "6")
        public void call() {}
    }

    static class NegativeCap {
        @ReverseRateLimited(maxInFlight = -1)
        public void call() {}
    }

    static class HugeCap {
        @ReverseRateLimited(maxInFlight = 100_001)
        public void call() {}
    }

    static class CapZero {
        @ReverseRateLimited(maxInFlight = 0)
        public void call() {}
    }

    static class CapOfAnUnknownName {
        @ReverseRateLimited(name = "githbu", maxInFlight = 2)
        public void call() {}
    }

    static class CountUntilSomething {
        @ReverseRateLimited(limit = 5, window = "1s", countUntil = "end")
        public void call() {}
    }

    static class CountUntilAlone {
        @ReverseRateLimited(countUntil = "completion")
        public void call() {}
    }

    static class CountUntilOfACap {
        @ReverseRateLimited(maxInFlight = 2, countUntil = "completion")
        public void call() {}
    }

    static class PaceOfACap {
        @ReverseRateLimited(maxInFlight = 2, pace = true)
        public void call() {}
    }

    static class MarginOfACap {
        @ReverseRateLimited(maxInFlight = 2, margin = "5ms")
        public void call() {}
    }

    static class LearntMarginWithoutName {
        @ReverseRateLimited(limit = 5, window = "1s", margin = "auto")
        public void call() {}
    }

    static class CapAmongSeveralKeys {
        @ReverseRateLimited(key = "'all'", limit = 5, window = "1s")
        @ReverseRateLimited(key = "#account", maxInFlight = 2)
        public void call(String account) {}
    }

    static class CompletionAmongSeveralKeys {
        @ReverseRateLimited(key = "#account", limit = 5, window = "1s", countUntil = "completion")
        @ReverseRateLimited(key = "'all'", limit = 5, window = "1s")
        public void call(String account) {}
    }

    static class TwoCaps {
        @ReverseRateLimited(key = "#account", maxInFlight = 2)
        @ReverseRateLimited(key = "#account", maxInFlight = 3)
        public void call(String account) {}
    }

    static class InheritsAWrongOne extends NoLimit {}
}
