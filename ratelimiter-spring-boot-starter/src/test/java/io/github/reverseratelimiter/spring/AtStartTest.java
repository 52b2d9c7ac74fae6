package io.github.reverseratelimiter.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.reverseratelimiter.spring.aop.InvalidRateLimitedMethodException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.GenericApplicationContext;

/** A wrong annotation stops the start, whenever its bean is made. */
class AtStartTest {

    private static final AtomicInteger MADE = new AtomicInteger();

    @BeforeEach
    void nothingIsMadeYet() {
        MADE.set(0);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {LazyBean.class, Prototype.class, Scoped.class, LazyInterface.class, Product.class, Declared.class
            })
    void ofABeanThatIsMadeLater(Class<?> configuration) {
        Contexts.memory().withUserConfiguration(configuration).run(context -> {
            assertThat(Analyses.of(context.getStartupFailure()))
                    .contains("@ReverseRateLimited on ", ".call()", "No limit is given");
            assertThat(MADE).hasValue(0);
        });
    }

    @Test
    void ofABeanWhereAllAreLazy() {
        Contexts.memory()
                .withBean(BeanFactoryPostProcessor.class, LazyInitializationBeanFactoryPostProcessor::new)
                .withBean(Wrong.class)
                .run(context -> {
                    assertThat(Analyses.of(context.getStartupFailure())).contains("Wrong.call()", "No limit is given");
                    assertThat(MADE).hasValue(0);
                });
    }

    @Test
    void isNotLookedForWhereLimitingIsSwitchedOff() {
        Contexts.memory()
                .withPropertyValues("reverse-rate-limiter.enabled=false")
                .withUserConfiguration(LazyBean.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void makesNoLazyBeanThatIsRight() {
        Contexts.memory().withUserConfiguration(LazyRight.class).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(MADE).hasValue(0);
        });
    }

    @Test
    void passesOverClassesThatCannotBeLookedInto() {
        Class<?> incomplete = new Incomplete().load();
        Contexts.memory()
                .withInitializer(context -> {
                    RootBeanDefinition definition = new RootBeanDefinition(incomplete);
                    definition.setLazyInit(true);
                    ((BeanDefinitionRegistry) context).registerBeanDefinition("incomplete", definition);
                })
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void comesTooEarlyForABeanRegisteredLaterWhichFailsWhenItIsMade() {
        Contexts.memory().run(context -> {
            GenericApplicationContext running = (GenericApplicationContext) context.getSourceApplicationContext();
            running.registerBean("late", Wrong.class);

            assertThatThrownBy(() -> context.getBean("late"))
                    .hasRootCauseInstanceOf(InvalidRateLimitedMethodException.class);
        });
    }

    static class Wrong {

        Wrong() {
            MADE.incrementAndGet();
        }

        @ReverseRateLimited(key = "'it'")
        public void call() {}
    }

    static class Right {

        Right() {
            MADE.incrementAndGet();
        }

        @ReverseRateLimited(limit = 1, window = "1h")
        public void call() {}
    }

    interface WrongRemote {

        @ReverseRateLimited(key = "'it'")
        void call();
    }

    static class WrongFactory implements FactoryBean<WrongRemote> {

        @Override
        public WrongRemote getObject() {
            MADE.incrementAndGet();
            return () -> {};
        }

        @Override
        public Class<?> getObjectType() {
            return WrongRemote.class;
        }
    }

    /** Loads a class with a method whose parameter is of a class that is missing, like one of an optional library. */
    private static final class Incomplete extends ClassLoader {

        Class<?> load() {
            ClassWriter type = new ClassWriter(0);
            type.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "Incomplete", null, "java/lang/Object", null);
            type.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_ABSTRACT, "call", "(Lorg/example/Missing;)V", null, null)
                    .visitEnd();
            type.visitEnd();
            byte[] code = type.toByteArray();
            return defineClass("Incomplete", code, 0, code.length);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyBean {

        @Bean
        @Lazy
        Wrong client() {
            return new Wrong();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyRight {

        @Bean
        @Lazy
        Right client() {
            return new Right();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Prototype {

        @Bean
        @Scope("prototype")
        Wrong client() {
            return new Wrong();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Scoped {

        @Bean
        @Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
        Wrong client() {
            return new Wrong();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LazyInterface {

        @Bean
        @Lazy
        WrongRemote client() {
            MADE.incrementAndGet();
            return () -> {};
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Product {

        @Bean
        WrongFactory client() {
            return new WrongFactory();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Declared {

        @Bean
        @Lazy
        FactoryBean<WrongRemote> client() {
            return new WrongFactory();
        }
    }
}
