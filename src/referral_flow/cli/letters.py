"""Dead letters: the messages that were given up, to be sent again or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from referral_flow.cli.failing import DONE, complain
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column
from referral_flow.cli.usage import PROGRAM, WrongUsage, at_least_one, chosen
from referral_flow.cli.work import Work, only_the_operator, opened
from referral_flow.domain.people import Role

if TYPE_CHECKING:
    from referral_flow.application.answers import DeadLetter

_WHAT = ("list", "send-again", "drop")
_FORM = "|".join(_WHAT)
_HELP = f"{PROGRAM} dead-letters --help"
_COLUMNS = ("id", "since", "kind", "recipient", "notifier", "tries", "problem")
_WHOLE = ("id", "since", "tries")


def dead_letters(
    what: Annotated[str, Parameter(name=_FORM)] = "list",
    letter: Annotated[str | None, Parameter(name="LETTER")] = None,
    /,
    *,
    reason: Annotated[str, Parameter(metavar="TEXT")] = "",
    limit: Annotated[int, Parameter(metavar="N")] = 50,
    after: Annotated[str | None, Parameter(metavar="ID")] = None,
    common: Common = DEFAULT,
) -> int:
    """List what was given up, or say what is to become of one of them."""
    chosen(what, _WHAT, _FORM)
    at_least_one(limit, "--limit")
    with opened(common, Role.OPERATOR) as work:
        only_the_operator(work)
        if what == "list":
            if letter is not None:
                raise WrongUsage("too_many", given=letter, help=_HELP)
            _list(work, after, limit)
        else:
            _settle(work, what, letter, reason)
    return DONE


def _settle(work: Work, what: str, letter: str | None, reason: str) -> None:
    """Let one be sent again, or drop it; raises WrongUsage, and Refused for what is none."""
    if letter is None:
        raise WrongUsage("value_needed", option="LETTER", help=_HELP)
    if what == "send-again":
        work.flow.send_again(letter)
    elif not reason.strip():
        raise WrongUsage("value_needed", option="--reason", help=_HELP)
    else:
        work.flow.drop(letter, reason)
    if work.out.as_json:
        work.out.json({"done": what, "id": letter})
    else:
        work.out.line(work.out.word("letter_sent" if what == "send-again" else "letter_dropped"))


def _list(work: Work, after: str | None, limit: int) -> None:
    out, page = work.out, work.flow.dead_letters(after, limit)
    if out.as_json:
        out.json({"items": page.items, "after": page.after})
        return
    if page.items:
        columns = [Column(out.word(f"column_{c}"), c == "tries", c in _WHOLE) for c in _COLUMNS]
        out.table(columns, (_row(work, letter) for letter in page))
    else:
        complain(out.word("no_letters"))
    if page.after is not None:
        complain(out.word("more", after=page.after))


def _row(work: Work, letter: DeadLetter) -> tuple[Any, ...]:
    out = work.out
    return (
        letter.id,
        out.shown(work.local(letter.queued)),
        letter.kind,
        letter.recipient,
        letter.notifier,
        out.shown(letter.tries),
        letter.reason,
    )
