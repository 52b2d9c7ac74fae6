.PHONY: check format test run bench provider load startup soak outage

check:
	mvn -B verify

format:
	mvn -q spotless:apply

test:
	mvn -B test

run:
	mvn -q -pl sample-app -am spring-boot:run

bench:
	mvn -q -pl benchmarks -am package -DskipTests
	java -jar benchmarks/target/benchmarks.jar $(ARGS)

provider:
	mvn -q -pl benchmarks -am test-compile exec:exec -Dprovider="$(ARGS)"

load:
	mvn -q -pl benchmarks -am test-compile exec:exec@load -Dload="$(ARGS)" $(if $(JAVA),-Dfigures.java="$(JAVA)")

startup:
	mvn -q -pl benchmarks -am test-compile exec:exec@startup -Dstartup="$(ARGS)" $(if $(JAVA),-Dfigures.java="$(JAVA)")

soak:
	mvn -pl ratelimiter-core,ratelimiter-spring-boot-starter -am verify -Dtest=none -Dit.test=SoakIT -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Djacoco.skip -Dmaven.javadoc.skip -Dsoak=10m $(ARGS)

outage:
	mvn -pl ratelimiter-core,ratelimiter-spring-boot-starter -am verify -Dtest=none -Dit.test='OutageFigures,JedisOutageFigures' -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false -Djacoco.skip -Dmaven.javadoc.skip $(ARGS)
