"""Who may answer, best first, and how upstreams are: the router of every gateway."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from rackhouse.services.gateway.clients.failure import Failed
from rackhouse.services.gateway.model.call import Call
from rackhouse.services.gateway.model.config import Config, Upstream
from rackhouse.services.gateway.model.health import Health, Standing
from rackhouse.services.gateway.model.problem import BadRequest, Busy, NotFound
from rackhouse.services.gateway.service.routing.choose import Choice, Now, choose
from rackhouse.services.gateway.service.routing.plan import Plan, plans
from rackhouse.services.gateway.service.routing.state import State
from rackhouse.services.gateway.service.seams import Route, Slots

WAKING = 180.0  # seconds that a machine takes at most to come up
_AGAIN = 30.0  # seconds between two packets that wake a machine


class Routing:
    """As `seams.Router`. `wake` is told the MAC address of a machine that sleeps."""

    def __init__(
        self,
        config: Config,
        slots: Slots,
        wake: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.states: defaultdict[str, State] = defaultdict(State)
        self._upstreams = config.upstreams
        self._plans = plans(config)
        self._zone = ZoneInfo(config.zone)
        self._slots = slots
        self._wake = wake
        self._clock = clock
        self._chance = chance

    def choose(self, call: Call) -> Route:
        """As `seams.Router`."""
        plan = self._plans.get(call.model)
        if plan is None:
            names = ", ".join(self._plans) or "none"
            raise NotFound(f"there is no model {call.model!r}; there is {names}", param="model")
        now = Now(self._clock(), self._minute() if plan.timed else 0, self._chance)
        choice = choose(plan, call, self.states, now, self._slots.expected)
        if not choice.barred:
            if not choice.upstreams:
                raise _unable(plan, call)
            return Route(plan.named, choice.upstreams)
        self._wake_up(choice, now.seconds)
        barred = [self.states[each.name] for each in choice.barred]
        again = max(0.0, min(each.until for each in barred) - now.seconds)
        if not choice.upstreams and not any(each.ill for each in barred):
            what = f"all who answer for {plan.named.name!r} asked to be left alone"
            raise Busy(what, retry_after=again)
        return Route(plan.named, choice.upstreams, again)

    def admits(self, upstream: Upstream) -> bool:
        """As `seams.Router`."""
        state = self.states[upstream.name]
        if not state.until and not state.ill:
            return True
        return state.admits(self._clock(), self._chance())

    def began(self, upstream: Upstream, seconds: float) -> None:
        """As `seams.Router`."""
        self.states[upstream.name].began(seconds)

    def finished(self, upstream: Upstream) -> None:
        """As `seams.Router`."""
        self.states[upstream.name].finished()

    def failed(self, upstream: Upstream, failure: Failed, whose: str = "") -> None:
        """As `seams.Router`."""
        self.states[upstream.name].failed(failure, self._clock(), self._chance(), whose)

    def checked(self, upstream: Upstream, why: str, loaded: bool) -> None:
        """What a look at an upstream found, as `State.checked`."""
        state = self.states[upstream.name]
        state.loaded = loaded
        state.checked(why, self._clock(), self._chance())

    def health(self) -> list[Health]:
        """All upstreams, in the file's order."""
        now = self._clock()
        return [self._health(each, self.states[each.name], now) for each in self._upstreams]

    def _health(self, upstream: Upstream, state: State, now: float) -> Health:
        active, waiting = self._slots.busy(upstream)
        return Health(
            upstream=upstream.name,
            standing=_standing(state, now),
            failures=state.failures,
            why=state.why,
            again=max(0.0, state.until - now),
            first_byte=state.first_byte,
            loaded=state.loaded,
            active=active,
            waiting=waiting,
            wait=self._slots.expected(upstream),
        )

    def _minute(self) -> int:
        now = datetime.now(self._zone)
        return now.hour * 60 + now.minute

    def _wake_up(self, choice: Choice, now: float) -> None:
        for upstream in choice.barred:
            state = self.states[upstream.name]
            if upstream.wake and state.unreachable and now - state.woken >= _AGAIN:
                state.woken = now
                self._wake(upstream.wake)


def _standing(state: State, now: float) -> Standing:
    if state.unreachable and now - state.woken < WAKING:
        return Standing.WAKING
    if state.ill:
        return Standing.TRIAL if state.trial else Standing.ILL
    return Standing.PAUSED if state.until > now else Standing.WELL


def _unable(plan: Plan, call: Call) -> BadRequest:
    asked = {
        "tools": call.tools,
        "images": call.images,
        "structured output": call.schema,
        f"{call.prompt} bytes": call.prompt > 0,
    }
    words = ", ".join(word for word, holds in asked.items() if holds)
    return BadRequest(
        f"none of those who answer for {plan.named.name!r} takes a {call.task} of {words}",
        fix="ask another model, or give it one that does in the rack file",
        param="model",
    )
