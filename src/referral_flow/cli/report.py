"""Figures: the table of the article, for a scope and a day (S40)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from referral_flow.cli.failing import DONE
from referral_flow.cli.moments import day_of, moment_of
from referral_flow.cli.names import Names
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, Output
from referral_flow.cli.work import Work, opened
from referral_flow.domain.people import Role

if TYPE_CHECKING:
    from referral_flow.application.answers import Figures

RATED = ("acts_well", "rated_fair", "rated_weak")


def report(
    *,
    on: Annotated[str | None, Parameter(metavar="DATE")] = None,
    scope: Annotated[str | None, Parameter(metavar="COMMITTEE")] = None,
    known_as_of: Annotated[str | None, Parameter(metavar="ISO")] = None,
    common: Common = DEFAULT,
) -> int:
    """Count the members who are referred and those who act well."""
    day = day_of(on, "--on")
    known = moment_of(known_as_of, "--known-as-of", whole_day=True)
    with opened(common, Role.OPERATOR) as work:
        figures = work.desk.figures(scope or None, day, known)
        if figures.scope is not None:
            _must_be_known(work, figures.scope)
        if work.out.as_json:
            work.out.json(as_data(figures))
        else:
            write_figures(work, figures)
    return DONE


def as_data(figures: Figures) -> dict[str, Any]:
    """Give the figures with every number at the top."""
    return {
        "scope": figures.scope,
        "on": figures.on,
        "known_as_of": figures.known_as_of,
        "members": figures.members,
        "eligible": figures.eligible,
        **figures.counts,
        "not_rated": not_rated(figures),
        "shares": shares(figures),
        "states": figures.states,
    }


def shares(figures: Figures) -> dict[str, float | None]:
    """Give the shares in percent; None where there is nothing to share."""
    referred = figures.counts["referred"]
    return {
        "referred_of_members": percent(referred, figures.members),
        "referred_of_eligible": percent(referred, figures.eligible),
        **{f"{code}_of_referred": percent(figures.counts[code], referred) for code in RATED},
    }


def percent(part: int, whole: int) -> float | None:
    """Give a share in percent with one decimal, halves rounded up."""
    return (part * 2000 + whole) // (2 * whole) / 10 if whole else None


def not_rated(figures: Figures) -> int:
    """Count those referred who have no rating in the cycle."""
    return figures.counts["referred"] - sum(figures.counts[code] for code in RATED)


def write_figures(work: Work, figures: Figures) -> None:
    """Write the table, what it counts, and the referrals by state."""
    out = work.out
    names = Names(work, [figures.scope])
    out.heading(out.word("title", "report"))
    everywhere = out.word("everywhere", "report")
    out.line(out.word("scope", "report", scope=names.beside(figures.scope) or everywhere))
    out.line(out.word("on", "report", on=figures.on))
    if figures.known_as_of is not None:
        known = work.local(figures.known_as_of)
        out.line(out.word("known_as_of", "report", known_as_of=known))
    out.line()
    number = Column(out.word("number", "report"), right=True, whole=True)
    figure, share = (Column(out.word(code, "report")) for code in ("figure", "share"))
    out.table((figure, number, share), rows(figures, out))
    out.line()
    state = Column(out.word("state", "report"))
    counted = [
        (out.word(code, "state"), out.shown(count))
        for code, count in figures.states["referral"].items()
        if count
    ]
    if counted:
        out.table((state, number), counted)
    else:
        out.line(out.word("nothing", "report"))


def rows(figures: Figures, out: Output) -> Iterator[tuple[str, str, str]]:
    """Give each figure with its number and its shares."""
    found = shares(figures)

    def share(code: str, of: str) -> str:
        value = found[f"{code}_of_{of}"]
        return (
            "" if value is None else f"{out.shown(value)}% {out.word(f'share_of_{of}', 'report')}"
        )

    def row(code: str, number: int, said: str = "") -> tuple[str, str, str]:
        return out.word(code, "report"), out.shown(number), said

    yield row("members", figures.members)
    yield row("eligible", figures.eligible)
    both = (share("referred", of) for of in ("members", "eligible"))
    yield row("referred", figures.counts["referred"], "\n".join(filter(None, both)))
    if figures.counts["adopted"]:
        yield row("adopted", figures.counts["adopted"])
    for code in RATED:
        yield row(code, figures.counts[code], share(code, "referred"))
    yield row("not_rated", not_rated(figures))
    yield row("late", figures.counts["late"])


def _must_be_known(work: Work, scope: str) -> None:
    """Refuse a committee that is not there: its figures would be zeros of a misspelt id."""
    from referral_flow.engine.refusal import Refusal
    from referral_flow.errors import Refused

    if scope not in work.flow.directory.committees((scope,), work.today):
        raise Refused((Refusal("unknown_committee", {"committee": scope}),))
