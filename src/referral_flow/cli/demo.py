"""The demo: a small made province, its figures, its steps and three of its referrals."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from referral_flow.cli.failing import DONE, complain
from referral_flow.cli.history import as_data as entry_as_data
from referral_flow.cli.history import entries_of, write_story
from referral_flow.cli.options import DEFAULT, Common
from referral_flow.cli.output import Column, Output
from referral_flow.cli.report import as_data, write_figures
from referral_flow.cli.roles import actor_of
from referral_flow.cli.work import Work, flow_of, without_password
from referral_flow.domain.people import Role
from referral_flow.domain.referral.state import State
from referral_flow.engine.actor import Actor

if TYPE_CHECKING:
    from referral_flow.sample import Built, Story

FUNNEL = (State.ISSUED, State.SUBMITTED, State.ASSIGNED, State.ACTIVE, State.EVALUATED)
_TOLD = 3
_BAR = 30
_LINE = 60


def demo(*, common: Common = DEFAULT) -> int:
    """Build a small made province and tell of it; a store that is named is left behind."""
    actor_of(common.as_, Role.OPERATOR)
    out = Output(common.lang, common.json)
    # The store of the environment is somebody's real one: only a named one is written to. What
    # memory: holds is gone when it is closed, as a temporary store is.
    named = None if (common.store or "memory:").startswith("memory:") else common.store
    store = None if named is None else without_password(named)
    with _place(named) as url:
        built = _built(url, out)
        with flow_of(url, lambda: built.ended_at, common.lang) as flow:
            operator = Work(flow, Actor("u-operator", Role.OPERATOR), out, lambda: built.ended_at)
            province = built.committees["superior"][0]
            reader = Actor("u-superior", Role.SUPERIOR, province)
            _tell(operator, Work(flow, reader, out, lambda: built.ended_at), built, store)
    if store is None:
        complain(out.word("not_kept", "demo"))
    else:
        residence = built.committees["residence"][0]
        complain(out.word("kept", "demo", store=store, residence=residence))
    return DONE


@contextmanager
def _place(store: str | None) -> Iterator[str]:
    if store is not None:
        yield store
        return
    with TemporaryDirectory(prefix="referral-flow-") as folder:
        yield f"sqlite:///{Path(folder, 'demo.db')}"


def _built(url: str, out: Output) -> Built:
    """Build the province, with a line on standard error that says how far it is."""
    from referral_flow.sample import PLAN_SMALL, build

    moving = sys.stderr.isatty()
    begun = False

    def progress(step: str, done: int, of: int) -> None:
        nonlocal begun
        if not begun:
            complain(out.word("building", "demo"))
            begun = True
        if moving:
            said = f"{out.word(f'step_{step}', 'demo')} {done}/{of}"
            print(f"\r{said:<{_LINE}}", end="", file=sys.stderr, flush=True)

    try:
        return build(lambda clock: flow_of(url, clock, out.language), PLAN_SMALL, progress)
    finally:
        if begun and moving:
            print(f"\r{'':<{_LINE}}\r", end="", file=sys.stderr, flush=True)


def _tell(operator: Work, reader: Work, built: Built, store: str | None) -> None:
    out = operator.out
    figures = operator.desk.figures()
    funnel = funnel_of(reader)
    stories = built.stories[:_TOLD]
    if out.as_json:
        out.json(
            {
                "made_up": True,
                "store": store,
                "figures": as_data(figures),
                "funnel": funnel,
                "refused": built.refused,
                "stories": [_as_data(story, reader) for story in stories],
            }
        )
        return
    out.heading(out.word("title", "demo"))
    out.line(out.word("made_up", "demo"))
    out.line()
    write_figures(operator, figures)
    _write_funnel(funnel, out)
    _write_refused(built, out)
    for story in stories:
        out.line()
        out.heading(out.word(f"story_{story.fate}", "demo"))
        write_story(reader, reader.desk.get(story.referral), entries_of(reader, story.referral))


def funnel_of(reader: Work) -> dict[str, int]:
    """Count the referrals that ever came into each state, but those entered in error."""
    came: Counter[str] = Counter()
    after: str | None = None
    while True:
        page = reader.desk.find(after=after)
        for referral in page:
            if referral.state is not State.VOID:
                history = entries_of(reader, referral.id)
                came.update({entry.now for entry in history if entry.now is not None})
        after = page.after
        if after is None:
            return {str(state): came[state] for state in FUNNEL}


def _write_funnel(funnel: dict[str, int], out: Output) -> None:
    out.line()
    out.heading(out.word("funnel", "demo"))
    most = max(funnel.values()) or 1
    rows = (
        (out.word(state, "state"), out.shown(number), "█" * round(number * _BAR / most))
        for state, number in funnel.items()
    )
    out.table((Column(), Column(right=True), Column(whole=True)), rows)


def _write_refused(built: Built, out: Output) -> None:
    out.line()
    out.heading(out.word("refused", "demo"))
    rows = ((out.word(f"refused_{code}", "demo"), code) for code in built.refused)
    out.table((Column(), Column(whole=True)), rows)


def _as_data(story: Story, reader: Work) -> dict[str, Any]:
    entries = [entry_as_data(entry) for entry in entries_of(reader, story.referral)]
    return {"fate": story.fate, "id": story.referral, "entries": entries}
