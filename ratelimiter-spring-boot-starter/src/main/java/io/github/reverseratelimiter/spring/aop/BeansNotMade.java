package io.github.reverseratelimiter.spring.aop;

import java.util.function.BiConsumer;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/** The beans that are defined but not made yet: lazy ones, prototypes, scoped ones, products of factory beans. */
final class BeansNotMade {

    private BeansNotMade() {}

    /** Tells name and type of each, as far as they can be told without making it. */
    static void forEach(ConfigurableListableBeanFactory beans, BiConsumer<String, Class<?>> action) {
        for (String name : beans.getBeanDefinitionNames()) {
            if (isMade(beans, name)) {
                continue;
            }
            Class<?> type = beans.getType(name, false);
            if (type != null && !AopInfrastructureBean.class.isAssignableFrom(type)) {
                action.accept(name, ClassUtils.getUserClass(type));
            }
        }
    }

    private static boolean isMade(ConfigurableListableBeanFactory beans, String name) {
        return beans.getBeanDefinition(name).isAbstract()
                || (beans.containsSingleton(name) && !beans.isFactoryBean(name));
    }
}
