package io.github.reverseratelimiter.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.reverseratelimiter.CreditStore;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A store that is a bean is asked all that a store can be asked. */
class BorrowedCreditStoreTest {

    @Test
    void leavesNoMethodToItsDefault() {
        assertThat(Arrays.stream(CreditStore.class.getDeclaredMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic()))
                .isNotEmpty()
                .allSatisfy(method -> assertThat(BorrowedCreditStore.class.getDeclaredMethods())
                        .anyMatch(own -> overrides(own, method)));
    }

    private static boolean overrides(Method own, Method method) {
        return own.getName().equals(method.getName())
                && Arrays.equals(own.getParameterTypes(), method.getParameterTypes());
    }
}
