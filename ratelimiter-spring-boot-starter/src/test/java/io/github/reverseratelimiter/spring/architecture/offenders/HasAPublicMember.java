package io.github.reverseratelimiter.spring.architecture.offenders;

import org.springframework.boot.autoconfigure.AutoConfiguration;

@AutoConfiguration
public final class HasAPublicMember {

    HasAPublicMember() {}

    public String text() {
        return "";
    }
}
