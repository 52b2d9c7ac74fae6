package io.github.reverseratelimiter.benchmarks.startup;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * An application that uses Redis, starts, makes one call and ends. It prints the CPU time that its JVM had used when it was ready
 * and when it had made the call, in milliseconds, and how many classes it had loaded then.
 */
@EnableAutoConfiguration
public class Application {

    static final String FIGURES = "cpu-millis-and-classes ";

    /** With the port of Redis, and the names of further classes of this package that are beans. */
    public static void main(String[] args) throws ClassNotFoundException {
        List<Class<?>> sources = new ArrayList<>(List.of(Application.class));
        for (int i = 1; i < args.length; i++) {
            sources.add(Class.forName(Application.class.getPackageName() + "." + args[i]));
        }
        SpringApplication application = new SpringApplication(sources.toArray(Class<?>[]::new));
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setDefaultProperties(Map.of(
                "spring.data.redis.port",
                args[0],
                "spring.main.banner-mode",
                "off",
                "logging.level.root",
                "warn",
                // a machine that stands still is not the subject here
                "reverse-rate-limiter.store-timeout",
                "1m"));
        try (ConfigurableApplicationContext context = application.run()) {
            context.getBean(StringRedisTemplate.class).opsForValue().get("used-already");
            double ready = cpuMillis();
            context.getBean(Calls.class).call("acme");
            double called = cpuMillis();
            System.out.println(FIGURES + ready + " " + called + " " + classes());
        }
    }

    private static long classes() {
        return ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
    }

    private static double cpuMillis() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e6;
    }
}
