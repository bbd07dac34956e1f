"""The options of every command."""

from __future__ import annotations

from typing import Annotated

from attrs import field, frozen
from cyclopts import Parameter


@Parameter(name="*")
@frozen
class Common:
    """Where, who, how and when, as they were given."""

    store: Annotated[str | None, Parameter(metavar="URL")] = None
    as_: Annotated[str | None, Parameter(name="--as", metavar="ROLE[:COMMITTEE[:PERSON]]")] = None
    json: Annotated[bool, Parameter(negative=())] = False
    lang: Annotated[str, Parameter(metavar="vi|en")] = "vi"
    now: Annotated[str | None, Parameter(metavar="ISO")] = None
    notifier: Annotated[tuple[str, ...], Parameter(metavar="URL", negative=())] = field(
        default=(), repr=False
    )


DEFAULT = Common()
