"""What `gp` asks of the server through its supervisor: variables, and what is said of a port.

POST on the agent listener, as the questions of wire.agent; answered for a trusted workspace alone.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

VARIABLES_PATH = "/agent/v1/variables"
SET_VARIABLES_PATH = "/agent/v1/variables/set"
UNSET_VARIABLES_PATH = "/agent/v1/variables/unset"
PORT_PATH = "/agent/v1/port"

Name = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)", max_length=255)]
Value = Annotated[str, Meta(pattern=r"^[^\0]*$", max_length=8192)]


class VariablesGiven(Struct, frozen=True, kw_only=True):
    """What counts in this workspace's repository."""

    variables: dict[str, str]


class VariablesSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Variables to keep for this repository."""

    variables: Annotated[dict[Name, Value], Meta(min_length=1, max_length=50)]


class VariablesUnset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Variables of this repository to forget."""

    names: Annotated[list[Name], Meta(min_length=1, max_length=50)]


class PortSaid(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody inside says of a port; what is left out stays as it is."""

    port: Annotated[int, Meta(ge=1, le=65535)]
    visibility: Literal["private", "public"] | None = None
    protocol: Literal["http", "https"] | None = None


class Done(Struct, frozen=True, kw_only=True):
    """The answer where there is nothing to tell."""

    done: bool = True
