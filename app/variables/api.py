"""The JSON API over variables: /api/v1/variables."""

from typing import Annotated

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.accounts.access import Action, Principal
from app.variables.service import Variables
from app.variables.structs import SetVariable, VariableView

Service = NamedDependency[Variables]
Who = NamedDependency[Principal]
Text = Annotated[str, QueryParameter(description="As it was set.", max_length=255)]


class VariablesApi(Controller):
    """Variables of whoever asks."""

    path = "/api/v1/variables"
    tags = ("variables",)

    @get("/", operation_id="listVariables", opt={"action": Action.LIST_OWN})
    async def view(self, principal: Who, variables: Service) -> list[VariableView]:
        """Return names and patterns; values are given to trusted workspaces alone."""
        return await variables.view(principal)

    @put("/", operation_id="setVariable", opt={"action": Action.CHANGE_OWN})
    async def set(
        self, principal: Who, variables: Service, data: JSONBody[SetVariable]
    ) -> VariableView:
        """Keep a variable, instead of the one of the same name and pattern."""
        return await variables.set(principal, data)

    @delete("/", operation_id="removeVariable", opt={"action": Action.CHANGE_OWN})
    async def remove(self, principal: Who, variables: Service, name: Text, pattern: Text) -> None:
        """Forget a variable."""
        await variables.remove(principal, name, pattern)


route_handlers = [VariablesApi]
