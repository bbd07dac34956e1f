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
from collections.abc import Iterator
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

_BEGINNING = "[*]"
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
    rows = [
        row
        for row in lifecycle.rows
        if (system or not _by_system(row)) and (unchanged or row.target is not UNCHANGED)
    ]
    # Without a frame, or with one around a list that a row names: the first of the simplest.
    pictures = [_Picture.of(lifecycle, rows, language, framed) for framed in ((), *_lists(rows))]
    picture = min(pictures, key=_Picture.tangle)
    lines = picture.mermaid(present) if style == "mermaid" else picture.dot(present)
    return "\n".join(lines) + "\n"


@frozen
class _Arrow:
    """An arrow between states, boxes or the frame, by id, or from the beginning."""

    start: str
    end: str
    by_system: bool
    back: bool


@frozen
class _Picture:
    """What is drawn: `states` and `boxes` by id, those `framed`, and the commands on each arrow."""

    lifecycle: Lifecycle
    language: str
    ids: dict[str, str]
    states: dict[str, str]
    framed: tuple[str, ...]
    boxes: dict[str, str] = field(factory=dict)
    arrows: dict[_Arrow, list[str]] = field(factory=dict)

    @classmethod
    def of(
        cls, lifecycle: Lifecycle, rows: list[Transition], language: str, framed: tuple[str, ...]
    ) -> _Picture:
        codes = [str(state) for state in lifecycle.states]
        ids = {c: c if _ID.match(c) else f"state_{n}" for n, c in enumerate(codes, 1)}
        states = {ids[code]: say("state", code, language) for code in codes}
        within = tuple(ids[code] for code in codes if code in framed)
        picture = cls(lifecycle, language, ids, states, within)
        for row in rows:
            picture._add(row)
        return picture

    def _add(self, row: Transition) -> None:
        if isinstance(row.source, AnyBut):
            starts = [self._box(row.source)]
        else:
            sources = self.lifecycle.sources(row)
            starts = [_BEGINNING if source is None else self.ids[source] for source in sources]
        ends = [self.ids[target] for target in self.lifecycle.targets(row)]
        ways = product(self._fold(starts, ends), self._fold(ends, starts))
        for start, end in ways if ends else zip(starts, starts, strict=True):
            arrow = _Arrow(start, end, _by_system(row), isinstance(row.target, Back))
            self.arrows.setdefault(arrow, []).append(name_of(row.command))

    def _fold(self, listed: list[str], across: list[str]) -> list[str]:
        """Let the frame stand for its states, but where an arrow would lead from it into it."""
        framed = set(self.framed)
        if not framed or not framed.issubset(listed) or not framed.isdisjoint(across):
            return listed
        return [_FRAME, *(name for name in listed if name not in framed)]

    def tangle(self) -> tuple[bool, int]:
        """Say how hard to read it is; Mermaid misplaces the arrows of a frame with loops in it."""
        looped = any(arrow.start == arrow.end in self.framed for arrow in self.arrows)
        return looped, len(self.arrows)

    def _box(self, source: AnyBut) -> str:
        if set(source.states) == set(self.lifecycle.closed):
            label = self._word("any_open")
        else:
            left_out = [self.states[self.ids[str(state)]] for state in source.states]
            label = say("diagram", "any_but", self.language, {"states": left_out})
        for box, known in self.boxes.items():
            if known == label:
                return box
        box = f"box_{len(self.boxes) + 1}"
        self.boxes[box] = label
        return box

    def _word(self, code: str) -> str:
        return say("diagram", code, self.language)

    def _closed(self) -> list[str]:
        return [self.ids[str(state)] for state in self.lifecycle.closed]

    def _inner(self, arrow: _Arrow) -> bool:
        return {arrow.start, arrow.end}.issubset(self.framed)

    def mermaid(self, present: str | None) -> Iterator[str]:
        yield "stateDiagram-v2"
        for name, label in {**self.states, **self.boxes}.items():
            if name not in self.framed:
                yield _mermaid_state(name, label)
        if self.framed:
            yield from self._mermaid_frame()
        yield from (self._mermaid_arrow(arrow) for arrow in self.arrows if not self._inner(arrow))
        for name in self._closed():
            yield f"    {name} --> [*]"
        if self.boxes:
            yield "    classDef several stroke-dasharray:4 4"
            yield f"    class {','.join(self.boxes)} several"
        if present is not None:
            fill, line, ink = _LIT.values()
            yield f"    classDef present fill:{fill},stroke:{line},stroke-width:3px,color:{ink}"
            yield f"    class {self.ids[str(present)]} present"

    def _mermaid_frame(self) -> Iterator[str]:
        yield f"{_mermaid_state(_FRAME, self._word('several'))} {{"
        # Mermaid lays the arrows of the frame out as if they were those of the state that is
        # named first. With the last one first, what follows the frame is drawn below it.
        for name in reversed(self.framed):
            yield f"    {_mermaid_state(name, self.states[name])}"
        for arrow in filter(self._inner, self.arrows):
            yield f"    {self._mermaid_arrow(arrow)}"
        yield "    }"

    def _mermaid_arrow(self, arrow: _Arrow) -> str:
        marks = [say("role", SYSTEM_ROLE, self.language)] if arrow.by_system else []
        marks += [self._word("back")] if arrow.back else []
        told = ", ".join(self.arrows[arrow]) + (f" ({', '.join(marks)})" if marks else "")
        # A colon or a semicolon would end the label.
        told = told.translate({ord(":"): "#58;", ord(";"): "#59;"})
        return f"    {arrow.start} --> {arrow.end} : {' '.join(told.split())}"

    def dot(self, present: str | None) -> Iterator[str]:
        yield f"digraph {_quoted(self.lifecycle.name)} {{"
        yield "    graph [compound=true newrank=true]"
        yield '    node [shape=box style="rounded,filled" fillcolor=white fontname="sans-serif"]'
        yield '    edge [fontname="sans-serif" fontsize=10]'
        if any(arrow.start == _BEGINNING for arrow in self.arrows):
            yield f'    "{_BEGINNING}" [shape=point width=0.2 fillcolor=black label=""]'
        for name in self.states:
            if name not in self.framed:
                yield self._dot_state(name, present)
            elif name == self.framed[0]:
                yield f'    subgraph "cluster_{_FRAME}" {{'
                label = _quoted(self._word("several"))
                yield f'        graph [label={label} style=rounded fontname="sans-serif"]'
                yield from (f"    {self._dot_state(inner, present)}" for inner in self.framed)
                yield "    }"
        for name, label in self.boxes.items():
            yield f'    "{name}" [label={_quoted(label)} style="dashed"]'
        yield from map(self._dot_arrow, self.arrows)
        yield "}"

    def _dot_state(self, name: str, present: str | None) -> str:
        closed = " peripheries=2" if name in self._closed() else ""
        lit = ""
        if present is not None and name == self.ids[str(present)]:
            fill, line, ink = _LIT.values()
            lit = f' fillcolor="{fill}" color="{line}" fontcolor="{ink}" penwidth=3'
        return f'    "{name}" [label={_quoted(self.states[name])}{closed}{lit}]'

    def _dot_arrow(self, arrow: _Arrow) -> str:
        ends, drawn = [arrow.start, arrow.end], ""
        for n, attribute in enumerate(("ltail", "lhead")):
            if ends[n] == _FRAME:
                # Graphviz knows arrows between states only, and cuts this one at the frame.
                ends[n], drawn = self.framed[-1], f' {attribute}="cluster_{_FRAME}"'
        lines = self.arrows[arrow] + ([f"({self._word('back')})"] if arrow.back else [])
        label = "\\n".join(_quoted(line)[1:-1] for line in lines)
        drawn += " style=dotted" if arrow.by_system else ""
        return f'    "{ends[0]}" -> "{ends[1]}" [label="{label}"{drawn}]'


def _by_system(row: Transition) -> bool:
    return all(party.role == SYSTEM_ROLE for party in row.by)


def _lists(rows: list[Transition]) -> Iterator[tuple[str, ...]]:
    """Give the lists of states that may be worth a frame."""
    for row in rows:
        for states in (row.source, getattr(row.target, "among", None)):
            if isinstance(states, tuple) and len(states) >= _FRAMED:
                yield tuple(map(str, states))


def _mermaid_state(name: str, label: str) -> str:
    quoted = " ".join(label.replace('"', "'").split())
    return f'    state "{quoted}" as {name}'


def _quoted(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
