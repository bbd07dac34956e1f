"""Run the guards of a row: all of them, each on its own, none able to crash the rest."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import iscoroutine
from typing import Any

from referral_flow.engine.at import At
from referral_flow.engine.checks import name
from referral_flow.engine.lifecycle import Row
from referral_flow.engine.refusal import Refusal, RefusalKind

RAISED = (Exception, SystemExit)
"""What a guard or a plugin may do to itself; it ends nobody else. Ctrl-C is the user's own."""


def judge(
    row: Row, state: Any, command: Any, at: At[Any, Any], facts: Mapping[type[Any], Any]
) -> tuple[Refusal, ...]:
    """Give every reason why the command may not be done; nothing when it may.

    `at.facts` is what the row itself reads; `facts` has it by class, for further guards.
    """
    found: tuple[Refusal, ...] = ()
    # As in `asked`, written out: a call costs a third of judging a row, and so does going
    # through what is empty, as most of the three are.
    if row.given:
        for given in row.given:
            try:
                answer = given(state, at)
            except RAISED as error:
                answer = crashed(error)
            if answer is not None:
                found = (*found, _named(answer, name(given)))
    if row.guards:
        for guard in row.guards:
            try:
                answer = guard(state, command, at)
            except RAISED as error:
                answer = crashed(error)
            if answer is not None:
                found = (*found, _named(answer, name(guard)))
    if row.further:
        found = (*found, *_further(row, state, command, at, facts))
    return found


def _further(
    row: Row, state: Any, command: Any, at: At[Any, Any], facts: Mapping[type[Any], Any]
) -> tuple[Refusal, ...]:
    found: tuple[Refusal, ...] = ()
    for further in row.further:
        try:
            seen = at if further.reads is None else at.with_facts(facts[further.reads])
            answer = further.guard(state, command, seen)
        except RAISED as error:
            answer = crashed(error)
        if answer is not None:
            found = (*found, _named(answer, name(further.guard)))
    return found


def asked(row: Row, state: Any, at: At[Any, Any]) -> tuple[Refusal, ...]:
    """Give the reasons that lie in the stream alone, which need no command."""
    found: tuple[Refusal, ...] = ()
    for given in row.given:
        try:
            answer = given(state, at)
        except RAISED as error:
            answer = crashed(error)
        if answer is not None:
            found = (*found, _named(answer, name(given)))
    return found


def crashed(error: BaseException) -> Refusal:
    """Refuse because a guard raised: neither refused by the rule nor allowed.

    Only the class of the error and its place are told; its words may name a person.
    """
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    code = None if frame is None else frame.tb_frame.f_code
    where = "" if frame is None or code is None else f"{code.co_qualname}:{frame.tb_lineno}"
    return Refusal(
        "guard_crashed",
        {"error": type(error).__name__, "where": where},
        kind=RefusalKind.CRASHED,
    )


def _named(answer: object, guard: str) -> Refusal:
    if isinstance(answer, Refusal):
        return answer.of(guard)
    if iscoroutine(answer):
        answer.close()
    return crashed(TypeError()).of(guard)
