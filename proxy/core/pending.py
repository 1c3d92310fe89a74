"""A request whose answer waits for something else than an upstream: a grant, a link, a route."""

from proxy.core import answers, events
from proxy.core.commands import Await, AwaitTurn, OpenShare, Redeem
from proxy.core.events import Event, Moment
from proxy.core.message import RequestHead
from proxy.core.parts import Body, End, RequestPart
from proxy.core.patience import Patience
from proxy.core.plans import Asker, Forward, Opening, Redemption, Turn, Wait, World
from proxy.core.redemption import after_failure, after_success
from proxy.core.replies import Reply
from proxy.core.routing import route
from proxy.core.sharelink import MOST_FORM, Form, after_opening, after_refusal, opening, read_form


class Pending:
    """The `number`th request of a connection; its body counts if it is a share link's form."""

    def __init__(
        self,
        world: World,
        asker: Asker,
        number: int,
        head: RequestHead,
        plan: Redemption | Opening | Wait | Turn,
    ) -> None:
        self.head = head
        self._world = world
        self._asker = asker
        self._number = number
        self._plan = plan
        self.whole = not head.has_body
        """Whether the request's body has come to its end."""
        self._body = bytearray()
        self._form = Form("", "")

    @property
    def wants(self) -> Await | AwaitTurn | Redeem | None:
        """What has to be done for it at first."""
        match self._plan:
            case Wait(workspace=workspace):
                return Await(workspace)
            case Turn():
                return AwaitTurn(self.turn)
            case Redemption(host=host, code=code, nonce=nonce):
                authority = self._world.rules.origin_of(host).partition("//")[2]
                return Redeem(code, nonce, authority)
            case _:
                return None

    @property
    def patience(self) -> Patience:
        """What it waits for now."""
        if isinstance(self._plan, Opening) and not self.whole:
            return Patience.BODY
        if self.turn:
            return Patience.TURN
        return Patience.ROUTE if self.workspace else Patience.NOTHING

    @property
    def workspace(self) -> str:
        """The workspace whose route is waited for; empty when it is a grant."""
        return self._plan.workspace if isinstance(self._plan, Wait) else ""

    @property
    def turn(self) -> str:
        """What it waits for behind others, its body unread; empty when it does not."""
        return self._plan.forward.turn if isinstance(self._plan, Turn) else ""

    def answer(
        self, event: Event | RequestPart, moment: Moment
    ) -> Reply | Forward | OpenShare | None:
        """Return the answer that an event or a part of the body allows, or what to ask for it."""
        plan = self._plan
        match event:
            case Body() | End():
                return self._take(event)
            case events.Redeemed() | events.NotRedeemed() if isinstance(plan, Redemption):
                return self._after_redeeming(plan, event, moment)
            case events.ShareOpened() if isinstance(plan, Opening):
                return after_opening(self._world.rules, plan.host, event, moment.now)
            case events.ShareRefused() if isinstance(plan, Opening):
                return after_refusal(plan.host, self._form, event)
            case events.Rerouted() if isinstance(plan, Wait):
                again = route(self._world, self.head, self._asker, self._number, moment)
                return again if isinstance(again, Reply) else None
            case events.Tick() | events.Draining() if isinstance(plan, Wait):
                return plan.otherwise
            case events.TurnCame() if isinstance(plan, Turn):
                return plan.forward
            case events.Tick() if isinstance(plan, Turn):
                return plan.otherwise
        return None

    def _take(self, part: Body | End) -> Reply | OpenShare | None:
        self.whole = self.whole or isinstance(part, End)
        if not isinstance(self._plan, Opening):
            return None  # a body of what takes none
        if isinstance(part, Body):
            self._body += part.data
            too_long = len(self._body) > MOST_FORM
            return answers.refused(413, "the form is too long") if too_long else None
        self._form = read_form(bytes(self._body))
        return opening(self._world.table, self._plan.host, self._form)

    def _after_redeeming(
        self, plan: Redemption, event: events.Redeemed | events.NotRedeemed, moment: Moment
    ) -> Reply:
        rules, table = self._world.rules, self._world.table
        if isinstance(event, events.Redeemed):
            found = table.routes.get(plan.host.workspace)
            return after_success(rules, plan, event, found, moment.now)
        nonce = self._asker.nonce(self._number)
        return after_failure(rules, self.head, plan, event.cause, nonce, away=event.away)
