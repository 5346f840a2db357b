"""A fleet of environments without a cache before a SONA that is too small for them, in simulated time."""

import heapq
import random
from dataclasses import dataclass, field

from discovery.resilience.breaker import CircuitBreaker
from discovery.resilience.limit import AdaptiveLimit

ENVIRONMENTS = 50
WORKERS = 4
SERVICE_SEC = 0.004
CAPACITY = WORKERS / SERVICE_SEC
"""Answers a second."""
DEADLINE_SEC = 0.045
DURATION_SEC = 20.0


@dataclass
class Environment:
    """One search at a time: those that find it busy go elsewhere."""

    breaker: CircuitBreaker
    limit: AdaptiveLimit
    busy_until: float = 0.0


@dataclass
class Fleet:
    """Searches come at random (Poisson); SONA serves its queue in order, also those that nobody waits for any more."""

    limited: bool
    overload: float
    """What is asked of SONA if all searches ask it, in its capacities."""
    drops_abandoned: bool
    """Whether SONA notices that nobody waits any more and leaves that request out."""
    seed: int = 7
    now: float = 0.0
    answered: int = 0
    free_at: list[float] = field(default_factory=lambda: [0.0] * WORKERS)

    def goodput(self) -> float:
        """Answers in time a second, as a share of SONA's capacity, after a warm-up of a tenth."""
        arrivals = random.Random(self.seed)  # noqa: S311 - no secret
        fleet = [
            Environment(CircuitBreaker("Sona", failures=5, open_sec=5, clock=lambda: self.now), AdaptiveLimit())
            for _ in range(ENVIRONMENTS)
        ]
        outcomes: list[tuple[float, int, bool]] = []
        while self.now < DURATION_SEC:
            self.now += arrivals.expovariate(self.overload * CAPACITY)
            while outcomes and outcomes[0][0] <= self.now:
                _, place, in_time = heapq.heappop(outcomes)
                self._learn(fleet[place], in_time=in_time)
            idle = [place for place, one in enumerate(fleet) if one.busy_until <= self.now]
            if not idle:
                continue
            place = arrivals.choice(idle)
            if self._admits(fleet[place]):
                ends = self._ask()
                fleet[place].busy_until = min(ends, self.now + DEADLINE_SEC)
                heapq.heappush(outcomes, (fleet[place].busy_until, place, ends <= self.now + DEADLINE_SEC))
        return self.answered / (0.9 * DURATION_SEC * CAPACITY)

    def _admits(self, environment: Environment) -> bool:
        return (not self.limited or environment.limit.admits()) and environment.breaker.admits()

    def _ask(self) -> float:
        """When SONA has answered a request that comes now."""
        begins = max(heapq.heappop(self.free_at), self.now)
        is_abandoned = self.drops_abandoned and begins > self.now + DEADLINE_SEC
        ends = begins if is_abandoned else begins + SERVICE_SEC
        heapq.heappush(self.free_at, ends)
        return ends

    def _learn(self, environment: Environment, *, in_time: bool) -> None:
        for learner in (environment.breaker, environment.limit):
            if in_time:
                learner.succeeded()
            else:
                learner.failed()
        self.answered += in_time and self.now > 0.1 * DURATION_SEC
