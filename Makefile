.PHONY: check format test run bench

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
