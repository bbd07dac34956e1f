"""Draw a lifecycle as text: Mermaid, as GitHub shows it, or DOT.

The text is made here and not by `transitions`. Its diagrams want a registered model (and its
DOT the graphviz package), draw a creation as if from a state, show the system's rows like any
other, and expand `any_but` to an arrow from each state. Here one dashed box stands for those
states: ten rows from everywhere are ten arrows and no hairball. And the states that several
rows name together, as those a row starts from or those it may lead back to, are drawn within
one frame: such a row is one arrow from or to the frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal

from attrs import field, frozen

from referral_flow.engine import checks
from referral_flow.engine.actor import SYSTEM_ROLE
from referral_flow.engine.command import name_of
from referral_flow.engine.lifecycle import Lifecycle
from referral_flow.engine.rows import UNCHANGED, AnyBut, Back, Transition
from referral_flow.words import say

Style = Literal["mermaid", "dot"]

_FRAME = "group_1"
_FRAMED = 3  # states at the least: a frame around two is no clearer than two arrows
_LIT = {"fill": "#ffd54f", "line": "#8a6d00", "ink": "#000000"}
# An id is left as it is unless Mermaid has its own use for the word.
_ID = re.compile(
    r"(?!(acc\w+|as|choice|class|classdef|click|default|direction|end|fork|hide|href|join|note"
    r"|root|scale|state|style|box_\d+|group_\d+|state_\d+)$)[a-z_][a-z0-9_]*$",
    re.IGNORECASE | re.ASCII,
)


def draw(
    lifecycle: Lifecycle,
    style: Style = "mermaid",
    present: str | None = None,
    language: str = "en",
    *,
    system: bool = True,
    unchanged: bool = False,
) -> str:
    """Draw `lifecycle` as Mermaid's stateDiagram-v2 or as DOT.

    `present` is the state to light. States are shown in the words of `language` where there
    are any. `system` keeps the rows that only the system may do: dotted in DOT, marked in
    Mermaid, whose state diagrams have no dotted arrow. `unchanged` adds the rows that leave
    the state as it is.

    Raises LifecycleError for a state, and ValueError for a style, that there is not.
    """
    if present is not None:
        checks.check_state(lifecycle, "present", present)
    if style not in ("mermaid", "dot"):
        raise ValueError(f"style is 'mermaid' or 'dot', not {style!r}")
    picture = _Picture.of(lifecycle, language, system=system, unchanged=unchanged)
    lines = picture.mermaid(present) if style == "mermaid" else picture.dot(present)
    return "\n".join(lines) + "\n"


@frozen
class _Arrow:
    """An arrow between states, boxes or the frame, by id; None is the beginning."""

    start: str | None
    end: str
    by_system: bool
    marks: tuple[str, ...] = ()


@frozen
class _Picture:
    """What is drawn: `states` and `boxes` by id, and the commands on each arrow."""

    name: str
    by_system: str
    ids: dict[str, str]
    states: dict[str, str]
    closed: tuple[str, ...]
    boxes: dict[str, str] = field(factory=dict)
    arrows: dict[_Arrow, list[str]] = field(factory=dict)

    @classmethod
    def of(cls, lifecycle: Lifecycle, language: str, *, system: bool, unchanged: bool) -> _Picture:
        codes = [str(state) for state in lifecycle.states]
        ids = {c: c if _ID.match(c) else f"state_{n}" for n, c in enumerate(codes, 1)}
        picture = cls(
            name=lifecycle.name,
            by_system=say("role", SYSTEM_ROLE, language),
            ids=ids,
            states={ids[code]: say("state", code, language) for code in codes},
            closed=tuple(ids[str(state)] for state in lifecycle.closed),
        )
        for transition in lifecycle.rows:
            by_system = all(party.role == SYSTEM_ROLE for party in transition.by)
            if (system or not by_system) and (unchanged or transition.target is not UNCHANGED):
                picture._add(lifecycle, transition, language, by_system)
        return picture

    def _add(
        self, lifecycle: Lifecycle, transition: Transition, language: str, by_system: bool
    ) -> None:
        starts: list[str | None]
        if isinstance(transition.source, AnyBut):
            starts = [self._box(lifecycle, transition.source, language)]
        else:
            sources = lifecycle.sources(transition)
            starts = [None if source is None else self.ids[source] for source in sources]
        ends = [self.ids[target] for target in lifecycle.targets(transition)]
        for start in starts:
            for end in ends or [str(start)]:
                commands = self.arrows.setdefault(_Arrow(start, end, by_system), [])
                commands.append(name_of(transition.command))

    def _box(self, lifecycle: Lifecycle, source: AnyBut, language: str) -> str:
        if set(source.states) == set(lifecycle.closed):
            label = say("diagram", "any_open", language)
        else:
            left_out = [self.states[self.ids[str(state)]] for state in source.states]
            label = say("diagram", "any_but", language, {"states": left_out})
        for box, known in self.boxes.items():
            if known == label:
                return box
        box = f"box_{len(self.boxes) + 1}"
        self.boxes[box] = label
        return box

    def mermaid(self, present: str | None) -> Iterator[str]:
        yield "stateDiagram-v2"
        for name, label in {**self.states, **self.boxes}.items():
            quoted = " ".join(label.replace('"', "'").split())
            yield f'    state "{quoted}" as {name}'
        for arrow, commands in self.arrows.items():
            mark = f" ({self.by_system})" if arrow.by_system else ""
            yield f"    {arrow.start or '[*]'} --> {arrow.end} : {', '.join(commands)}{mark}"
        for name in self.closed:
            yield f"    {name} --> [*]"
        if self.boxes:
            yield "    classDef several stroke-dasharray:4 4"
            yield f"    class {','.join(self.boxes)} several"
        if present is not None:
            fill, line, ink = _LIT.values()
            yield f"    classDef present fill:{fill},stroke:{line},stroke-width:3px,color:{ink}"
            yield f"    class {self.ids[str(present)]} present"

    def dot(self, present: str | None) -> Iterator[str]:
        fill, line, ink = _LIT.values()
        lit = f' fillcolor="{fill}" color="{line}" fontcolor="{ink}" penwidth=3'
        yield f"digraph {_quoted(self.name)} {{"
        yield '    node [shape=box style="rounded,filled" fillcolor=white fontname="sans-serif"]'
        yield '    edge [fontname="sans-serif" fontsize=10]'
        if any(arrow.start is None for arrow in self.arrows):
            yield '    "[*]" [shape=point width=0.2 fillcolor=black label=""]'
        for name, label in self.states.items():
            closed = " peripheries=2" if name in self.closed else ""
            light = lit if present is not None and name == self.ids[str(present)] else ""
            yield f'    "{name}" [label={_quoted(label)}{closed}{light}]'
        for name, label in self.boxes.items():
            yield f'    "{name}" [label={_quoted(label)} style="dashed"]'
        for arrow, commands in self.arrows.items():
            label, dotted = "\\n".join(commands), " style=dotted" if arrow.by_system else ""
            yield f'    "{arrow.start or "[*]"}" -> "{arrow.end}" [label="{label}"{dotted}]'
        yield "}"


def _quoted(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
