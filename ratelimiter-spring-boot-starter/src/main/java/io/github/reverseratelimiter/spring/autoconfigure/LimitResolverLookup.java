package io.github.reverseratelimiter.spring.autoconfigure;

import io.github.reverseratelimiter.LimitResolver;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.function.SingletonSupplier;

/**
 * Finds the application's {@link LimitResolver}, but makes it late: it may need a database, or a client that is limited
 * itself. At the end of the start at the latest, so that several of them stop it.
 */
final class LimitResolverLookup implements SmartInitializingSingleton {

    private final ListableBeanFactory beans;
    private final SingletonSupplier<LimitResolver> resolver;

    LimitResolverLookup(ListableBeanFactory beans, Supplier<LimitResolver> resolver) {
        this.beans = beans;
        this.resolver = SingletonSupplier.of(resolver);
    }

    /** It, if there is one; not made yet. */
    Optional<LimitResolver> find() {
        return exists() ? Optional.of(key -> resolver.obtain().limits(key)) : Optional.empty();
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (exists()) {
            var unused = resolver.obtain();
        }
    }

    private boolean exists() {
        return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, LimitResolver.class, true, false).length > 0;
    }
}
