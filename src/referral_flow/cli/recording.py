"""Every command of the library on the command line, made from its class."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter as Argument
from inspect import Signature
from typing import TYPE_CHECKING, Annotated, Any

from attrs import fields, frozen
from cyclopts import Parameter

from referral_flow.cli.asks import Asks
from referral_flow.cli.done import write_done, write_judgement
from referral_flow.cli.failing import DONE, FOUND
from referral_flow.cli.hints import hint_of, stream_hint
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.usage import at_least_one
from referral_flow.cli.work import opened
from referral_flow.domain.people import Role

if TYPE_CHECKING:
    from referral_flow.cli.fields import Option

_POSITIONAL, _KEYWORD = Argument.POSITIONAL_ONLY, Argument.KEYWORD_ONLY
_BESIDE = tuple(
    Argument(name, _KEYWORD, default=default, annotation=annotation)
    for name, default, annotation in (
        ("command_id", None, Annotated[str | None, Parameter(metavar="TEXT")]),
        ("expected_version", None, Annotated[int | None, Parameter(metavar="N")]),
        ("explain", False, Annotated[bool, Parameter(negative=())]),
        ("common", DEFAULT, Common),
    )
)
"""What every command takes beside its fields; their words are those of the command line."""


@frozen
class Manner:
    """How a command is to be carried out: under which id, on which version, or only judged."""

    command_id: str | None = None
    expected_version: int | None = None
    explain: bool = False


def function_of(asks: Asks, language: str) -> Callable[..., int]:
    """Make the function that cyclopts calls for a command, with its help in `language`."""

    def record(stream: str | None = None, /, *, common: Common = DEFAULT, **typed: Any) -> int:
        manner = Manner(**{field.name: typed.pop(field.name, None) for field in fields(Manner)})
        if asks.stream is not None:
            typed[asks.stream] = stream
        return _carried_out(asks, typed, common, manner)

    arguments = []
    if asks.stream is not None:
        named = Parameter(name=asks.form, help=stream_hint(asks.stream, language))
        asked = Annotated[str | None, named]
        arguments.append(Argument("stream", _POSITIONAL, default=None, annotation=asked))
    for option in asks.options:
        default = () if option.many else None
        hint = _annotation(option, asks, language)
        arguments.append(Argument(option.key, _KEYWORD, default=default, annotation=hint))
    arguments += _BESIDE
    record.__name__ = asks.name
    record.__annotations__ = {argument.name: argument.annotation for argument in arguments}
    record.__signature__ = Signature(arguments)  # type: ignore[attr-defined]
    return record


def _annotation(option: Option, asks: Asks, language: str) -> Any:
    help_ = hint_of(option, asks.name, language)
    if option.is_flag:
        return Annotated[bool | None, Parameter(name=option.name, negative=(), help=help_)]
    named = Parameter(name=option.name, metavar=option.form, help=help_, negative=())
    return Annotated[tuple[str, ...] if option.many else str | None, named]


def _carried_out(asks: Asks, typed: dict[str, Any], common: Common, manner: Manner) -> int:
    """Give the command, or say whether it would be done."""
    command = asks.made(typed)
    at_least_one(manner.expected_version, "--expected-version")
    default = Role.OPERATOR if asks.by_operator else None
    begins = asks.begins and not manner.explain
    with opened(common, default, may_make=begins, asked_of=asks.roles) as work:
        if manner.explain:
            judgement = work.desk.explain(command)
            write_judgement(work, judgement)
            return DONE if judgement.allowed else FOUND
        write_done(work, work.desk.execute(command, manner.command_id, manner.expected_version))
    return DONE
