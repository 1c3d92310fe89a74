"""A request whose answer waits for something else than an upstream: a grant, or a route."""

from proxy.core import events
from proxy.core.events import Event, Moment
from proxy.core.message import RequestHead
from proxy.core.plans import Asker, Redemption, Wait, World
from proxy.core.redemption import after_failure, after_success
from proxy.core.replies import Reply
from proxy.core.routing import route


class Pending:
    """The `number`th request of a connection, which has no body that counts."""

    def __init__(
        self, world: World, asker: Asker, number: int, head: RequestHead, plan: Redemption | Wait
    ) -> None:
        self.head = head
        self._world = world
        self._asker = asker
        self._number = number
        self._plan = plan

    @property
    def workspace(self) -> str:
        """The workspace whose route is waited for; empty when it is a grant."""
        return self._plan.workspace if isinstance(self._plan, Wait) else ""

    def answer(self, event: Event, moment: Moment) -> Reply | None:
        """Return the answer that an event allows; None when there is none yet."""
        plan = self._plan
        match event:
            case events.Redeemed() | events.NotRedeemed() if isinstance(plan, Redemption):
                return self._after_redeeming(plan, event, moment)
            case events.Rerouted() if isinstance(plan, Wait):
                again = route(self._world, self.head, self._asker, self._number, moment)
                return again if isinstance(again, Reply) else None
            case events.Tick() | events.Draining() if isinstance(plan, Wait):
                return plan.otherwise
        return None

    def _after_redeeming(
        self, plan: Redemption, event: events.Redeemed | events.NotRedeemed, moment: Moment
    ) -> Reply:
        rules, table = self._world.rules, self._world.table
        if isinstance(event, events.Redeemed):
            found = table.routes.get(plan.host.workspace)
            return after_success(rules, plan, event.grant, event.path, found, moment.now)
        nonce = self._asker.nonce(self._number)
        return after_failure(rules, self.head, plan, event.cause, nonce, away=event.away)
