package io.github.reverseratelimiter.spring.kinds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.reverseratelimiter.Acquisition;
import io.github.reverseratelimiter.ReverseRateLimiter;
import io.github.reverseratelimiter.spring.Contexts;
import io.github.reverseratelimiter.spring.RecordingLimiter;
import io.github.reverseratelimiter.spring.ReverseRateLimited;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every attribute of the annotation does what it says, wherever the annotation stands and whatever the method returns. The
 * beans are generated, so that an attribute cannot be left out for one of them.
 */
class AllAttributesTest {

    static Stream<Arguments> all() {
        return Arrays.stream(ReverseRateLimited.class.getDeclaredMethods())
                .map(Method::getName)
                .sorted()
                .flatMap(attribute -> Arrays.stream(GeneratedBean.Stands.values())
                        .flatMap(stands -> Arrays.stream(GeneratedBean.Returns.values())
                                .map(returns -> Arguments.of(attribute, stands, returns))));
    }

    @ParameterizedTest(name = "{0}, annotation on {1}, method returns {2}")
    @MethodSource("all")
    void isNotIgnored(String name, GeneratedBean.Stands stands, GeneratedBean.Returns returns) throws Exception {
        assertThat(AttributeRow.ALL).as("what attribute %s does", name).containsKey(name);
        AttributeRow row = AttributeRow.ALL.get(name);
        RecordingLimiter limiter = new RecordingLimiter();
        if (row.denied()) {
            limiter.answer = new Acquisition.Denied(Duration.ofSeconds(1), Acquisition.Reason.EXHAUSTED, 0);
        }
        GeneratedBean bean = GeneratedBean.of(stands, returns, row);

        Contexts.memory()
                .withPropertyValues("my.limit=8", "my.retries=4", "my.count-until=completion")
                .withBean(ReverseRateLimiter.class, () -> limiter)
                .withInitializer(context -> bean.register(context))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Object[] result = new Object[1];
                    Throwable failure = catchThrowable(
                            () -> result[0] = returns.result(bean.call(context.getBean("client"), "acme")));

                    row.check().accept(new AttributeRow.Seen(limiter, result[0], failure));
                });
    }
}
