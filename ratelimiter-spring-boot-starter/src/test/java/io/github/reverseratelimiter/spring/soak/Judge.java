package io.github.reverseratelimiter.spring.soak;

import io.github.reverseratelimiter.history.Grant;
import io.github.reverseratelimiter.history.History;
import io.github.reverseratelimiter.history.Loss;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Judges diaries: what callers were told, in view of what happened. */
final class Judge {

    /** After that Redis is in use again. */
    static final Duration BACK_AFTER = Duration.ofSeconds(1);

    private record Undecided(String instance, long invoked, long returned) {}

    private record Decided(String instance, long returned) {}

    private final List<Happened> happened;
    private final List<Pulse.Gap> gaps;
    private final Map<Budget, List<Grant>> grants = new EnumMap<>(Budget.class);
    private final List<Undecided> undecided = new ArrayList<>();
    private final List<Decided> decided = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();

    /** Of the lines of all diaries, in view of what was done to Redis, and of when else it was silent. */
    Judge(List<String> lines, List<Happened> happened, List<Pulse.Gap> gaps) {
        this.happened = happened;
        this.gaps = gaps;
        for (Budget budget : Budget.values()) {
            grants.put(budget, new ArrayList<>());
        }
        lines.forEach(this::read);
    }

    private void read(String line) {
        String[] parts = line.split(" ", -1);
        switch (parts[1]) {
            case "G" ->
                grants.get(Budget.valueOf(parts[2]))
                        .add(new Grant(
                                Long.parseLong(parts[3]),
                                Integer.parseInt(parts[4]),
                                Long.parseLong(parts[5]),
                                Long.parseLong(parts[6]),
                                parts[0]));
            case "D" -> decided.add(new Decided(parts[0], Long.parseLong(parts[2])));
            case "U" -> undecided.add(new Undecided(parts[0], Long.parseLong(parts[2]), Long.parseLong(parts[3])));
            default -> wrong.add(line);
        }
    }

    long granted() {
        return grants.values().stream().mapToLong(List::size).sum();
    }

    long decided() {
        return decided.size();
    }

    long undecided() {
        return undecided.size();
    }

    /** Exceptions, decisions that took too long, answers by others than Redis. */
    List<String> wrong() {
        return wrong;
    }

    /** Windows that hold more than the limit and one further limit for each loss near them; no loss between: no more than the limit. */
    List<String> tooMuch() {
        List<String> found = new ArrayList<>();
        List<Happened> losing =
                happened.stream().filter(each -> each.fault().losing).toList();
        List<Loss> losses = losing.stream()
                .map(each -> new Loss(each.from(), each.to() + Budget.LONGEST_WAIT.toNanos() / 1_000))
                .toList();
        grants.forEach((budget, all) -> {
            found.addAll(History.withLosses(all, losses).violations(budget.limits));
            for (int i = 0; i <= losing.size(); i++) {
                long from = i == 0 ? Long.MIN_VALUE : losing.get(i - 1).to();
                long to = i == losing.size() ? Long.MAX_VALUE : losing.get(i).from();
                List<Grant> between = all.stream()
                        .filter(grant -> grant.invoked() > from && grant.returned() < to)
                        .toList();
                found.addAll(History.withLosses(between, List.of()).violations(budget.limits));
            }
        });
        return found;
    }

    /** Calls that were told that Redis is away though it was back, and instances that did not ask it again. */
    List<String> notBack() {
        List<String> found = new ArrayList<>();
        TreeSet<String> instances = new TreeSet<>();
        decided.forEach(each -> instances.add(each.instance()));
        for (int i = 0; i + 1 < happened.size(); i++) {
            Happened fault = happened.get(i);
            long next = happened.get(i + 1).from();
            long back = fault.to() + BACK_AFTER.toNanos() / 1_000 + fault.stalledMicros();
            undecided.stream()
                    .filter(each -> each.invoked() > back && each.returned() < next && !isSilent(each))
                    .map(each -> (each.invoked() - fault.to()) / 1_000 + " ms after " + fault + ": " + each)
                    .forEach(found::add);
            for (String instance : instances) {
                if (next > back
                        && decided.stream()
                                .noneMatch(each -> each.instance().equals(instance)
                                        && each.returned() > fault.to()
                                        && each.returned() < next)) {
                    found.add(instance + " asked nothing after " + fault);
                }
            }
        }
        return found;
    }

    /** Whether Redis answered nobody else either, or had not answered for just as long as it may take to notice. */
    private boolean isSilent(Undecided each) {
        return gaps.stream()
                .anyMatch(gap ->
                        gap.from() <= each.returned() && each.invoked() <= gap.to() + BACK_AFTER.toNanos() / 1_000);
    }

    /** For each fault, for how long after it Redis was thought to be away, in milliseconds. */
    List<Long> backAfter() {
        List<Long> found = new ArrayList<>();
        for (int i = 0; i + 1 < happened.size(); i++) {
            long to = happened.get(i).to();
            long next = happened.get(i + 1).from();
            undecided.stream()
                    .filter(each -> each.invoked() > to
                            && each.returned() < next
                            && (each.invoked() < to + BACK_AFTER.toNanos() / 1_000 || !isSilent(each)))
                    .mapToLong(each -> (each.invoked() - to) / 1_000)
                    .max()
                    .ifPresent(found::add);
        }
        return found;
    }
}
