"""A lifecycle is drawn as text that GitHub and Graphviz understand, and that people can read."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise
from typing import Any

import pytest

from referral_flow.engine import (
    UNCHANGED,
    Back,
    Command,
    Lifecycle,
    Party,
    Transition,
    any_but,
    diagram,
)
from referral_flow.engine.command import name_of
from referral_flow.engine.diagram import draw
from referral_flow.errors import LifecycleError
from referral_flow.words import say
from tests.engine.lending import LENDING

WORDS = {
    ("state", "asked_for", "vi"): "Đã hỏi mượn",
    ("diagram", "any_open", "vi"): "Mọi trạng thái còn mở",
    ("diagram", "any_but", "vi"): "Mọi trạng thái, trừ {states}",
    ("diagram", "several", "vi"): "Một trong các trạng thái này",
    ("diagram", "back", "vi"): "về trạng thái trước",
    ("role", "system", "vi"): "hệ thống",
}


@pytest.fixture(autouse=True)
def known_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a few words in Vietnamese, and none in English."""

    def known(section: str, code: str, language: str, data: Any = None) -> str:
        sentence = WORDS.get((section, code, language), code)
        return sentence.format_map({k: ", ".join(v) for k, v in (data or {}).items()})

    monkeypatch.setattr(diagram, "say", known)


Arrows = set[tuple[str, str, str]]


FRAME = re.compile(
    r'    (?:state "([^"]+)" as group_1|subgraph "cluster_group_1") {\n(.*?)    }\n', re.DOTALL
)


def frame(text: str) -> tuple[str | None, str]:
    """Give the label of the frame, which in DOT stands within, and what stands within."""
    (found,) = FRAME.finditer(text)
    return found[1], re.sub("^    ", "", found[2], flags=re.MULTILINE)


def mermaid(text: str) -> tuple[dict[str, str], Arrows, dict[str, set[str]]]:
    """Read boxes by id, arrows, and the ids of each class; any other line is an error.

    What stands in a frame is read like the rest, and the frame like a box.
    """
    text = FRAME.sub(lambda f: f'    state "{f[1]}" as group_1\n{frame(f[0])[1]}', text)
    first, *lines = text.splitlines()
    assert first == "stateDiagram-v2"
    boxes: dict[str, str] = {}
    arrows: Arrows = set()
    classes: dict[str, set[str]] = {}
    for line in lines:
        if found := re.fullmatch(r'    state "([^"]+)" as (\w+)', line):
            assert found[2] not in boxes
            boxes[found[2]] = found[1]
        elif found := re.fullmatch(r"    (\w+|\[\*\]) --> (\w+|\[\*\])(?: : ([^:;]+))?", line):
            arrow = (found[1], found[2], found[3] or "")
            assert arrow not in arrows
            arrows.add(arrow)
        elif found := re.fullmatch(r"    class ([\w,]+) (\w+)", line):
            classes[found[2]] = set(found[1].split(","))
        else:
            assert re.fullmatch(r"    classDef \w+ [\w:,#-]+( \d)?", line), line
    for start, end, _ in arrows:
        assert {start, end} <= {*boxes, "[*]"}
    return boxes, arrows, classes


def dot(text: str) -> tuple[dict[str, str], dict[tuple[str, str, str], str]]:
    """Read the attributes of boxes by id and of arrows; any other line is an error."""
    first, *lines, last = FRAME.sub(lambda found: frame(found[0])[1], text).splitlines()
    assert re.fullmatch('digraph "(lending|library)" {', first)
    assert last == "}"
    boxes: dict[str, str] = {}
    arrows: dict[tuple[str, str, str], str] = {}
    for line in lines:
        if found := re.fullmatch(r'    "([^"]+)" -> "([^"]+)" \[label="([^"]+)"(.*)\]', line):
            arrows[found[1], found[2], found[3]] = found[4].strip()
        elif found := re.fullmatch(r'    "([^"]+)" \[(.*)\]', line):
            boxes[found[1]] = found[2]
        else:
            assert re.fullmatch(r"    (graph|node|edge) \[.*\]", line), line
    return boxes, arrows


# --- Mermaid


def test_every_state_is_a_box_and_every_row_an_arrow() -> None:
    boxes, arrows, _ = mermaid(draw(LENDING))

    assert boxes == {
        "in_line": "in_line",
        "asked_for": "asked_for",
        "lent_out": "lent_out",
        "held_back": "held_back",
        "given_back": "given_back",
        "never_seen_again": "never_seen_again",
        "box_1": "any_open",
        "box_2": "any_but",
    }
    assert arrows == {
        ("[*]", "in_line", "ask"),
        ("[*]", "asked_for", "ask"),
        ("in_line", "asked_for", "offer (system)"),
        ("asked_for", "lent_out", "hand"),
        ("asked_for", "held_back", "hold"),
        ("lent_out", "held_back", "hold"),
        ("held_back", "asked_for", "release (back)"),
        ("held_back", "lent_out", "release (back)"),
        ("box_1", "given_back", "return"),
        ("box_2", "never_seen_again", "lose"),
        ("never_seen_again", "given_back", "find"),
        ("given_back", "[*]", ""),
        ("never_seen_again", "[*]", ""),
    }


def test_rows_from_everywhere_start_from_one_dashed_box() -> None:
    text = draw(LENDING, unchanged=True)
    _, arrows, classes = mermaid(text)

    assert classes == {"several": {"box_1", "box_2"}}
    assert "classDef several stroke-dasharray:4 4" in text
    assert {arrow for arrow in arrows if arrow[0].startswith("box_")} == {
        ("box_1", "box_1", "remind (system)"),
        ("box_1", "given_back", "return"),
        ("box_2", "never_seen_again", "lose"),
    }


def test_the_present_state_is_lit() -> None:
    text = draw(LENDING, present="lent_out")
    _, _, classes = mermaid(text)

    assert classes["present"] == {"lent_out"}
    assert "classDef present fill:#" in text
    assert "present" not in draw(LENDING)


def test_states_and_boxes_are_shown_in_the_words_of_the_language() -> None:
    boxes, arrows, _ = mermaid(draw(LENDING, language="vi"))

    assert boxes["asked_for"] == "Đã hỏi mượn"
    assert boxes["lent_out"] == "lent_out"
    assert boxes["box_1"] == "Mọi trạng thái còn mở"
    assert boxes["box_2"] == "Mọi trạng thái, trừ never_seen_again"
    assert ("in_line", "asked_for", "offer (hệ thống)") in arrows


def test_rows_that_change_nothing_are_drawn_on_request() -> None:
    _, without, _ = mermaid(draw(LENDING))
    _, arrows, _ = mermaid(draw(LENDING, unchanged=True))

    assert arrows - without == {
        ("lent_out", "lent_out", "swap"),
        ("box_1", "box_1", "remind (system)"),
    }


def test_rows_of_the_system_are_left_out_on_request() -> None:
    _, everything, _ = mermaid(draw(LENDING, unchanged=True))
    _, arrows, _ = mermaid(draw(LENDING, unchanged=True, system=False))

    assert everything - arrows == {
        ("in_line", "asked_for", "offer (system)"),
        ("box_1", "box_1", "remind (system)"),
    }


def test_a_lifecycle_without_rows_from_everywhere_has_no_box() -> None:
    _, _, classes = mermaid(draw(_odd()))

    assert classes == {}


class Odd(StrEnum):
    NOTE = "note"
    HYPHEN = "in-progress"
    LETTERS = "đã_nhận"
    BOX = "box_1"
    GROUP = "group_1"
    PLAIN = "ended"


class Begin(Command[Any]):
    pass


class Go(Command[Any]):
    id: str


class Jump(Command[Any]):
    id: str


def _odd(*rows: Transition) -> Lifecycle:
    anybody = (Party("anybody"),)
    states = list(Odd)
    steps = [
        Transition(command, start, end, by=anybody)
        for start, end in pairwise(states)
        for command in (Go, Jump)
    ]
    begin = Transition(Begin, None, states[0], by=anybody)
    return Lifecycle('"odd"', Odd, (begin, *steps, *rows), closed=(Odd.PLAIN,))


def test_states_that_mermaid_would_misread_are_given_other_ids() -> None:
    boxes, arrows, classes = mermaid(draw(_odd(), present="in-progress"))

    assert boxes == {
        "state_1": "note",
        "state_2": "in-progress",
        "state_3": "đã_nhận",
        "state_4": "box_1",
        "state_5": "group_1",
        "ended": "ended",
    }
    assert ("state_5", "ended", "go, jump") in arrows
    assert classes["present"] == {"state_2"}


def test_commands_that_lead_the_same_way_share_an_arrow() -> None:
    _, arrows, _ = mermaid(draw(_odd()))

    assert len(arrows) == 1 + 5 + 1


def test_quotes_and_breaks_in_words_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "say", lambda *_: 'a "quoted"\n\\ word')
    boxes, _, _ = mermaid(draw(_odd()))

    assert set(boxes.values()) == {"a 'quoted' \\ word"}
    assert '"ended" [label="a \\"quoted\\" \\\\ word"' in draw(_odd(), "dot")


# --- a frame around the states that rows name together


class Book(StrEnum):
    ORDERED = "ordered"
    SHELVED = "on_the_shelf"
    READ = "in_the_room"
    LENT = "lent_out"
    BOUND = "at_the_binder"
    SOLD = "sold"


HERE = (Book.SHELVED, Book.READ, Book.LENT)
KEPT = (*HERE, Book.BOUND)


class Bind(Command[Any]):
    id: str


class Take(Command[Any]):
    id: str


class Sell(Command[Any]):
    id: str


def bound_from(state: Any) -> Book | None:
    return None


def _library(*rows: Transition) -> Lifecycle:
    desk, system = (Party("desk"),), (Party("system"),)
    known = (
        Transition(Begin, None, Book.ORDERED, by=desk),
        Transition(Go, Book.ORDERED, Book.SHELVED, by=desk),
        Transition(Go, Book.SHELVED, Book.READ, by=desk),
        Transition(Go, Book.READ, Book.LENT, by=desk),
        Transition(Sell, KEPT, Book.SOLD, by=desk),
        Transition(Bind, HERE, Book.BOUND, by=desk),
        Transition(Take, Book.BOUND, Back(bound_from, among=HERE), by=system),
        Transition(Take, Book.SOLD, Back(bound_from, among=KEPT), by=desk),
    )
    return Lifecycle("library", Book, (*known, *rows))


def test_rows_that_name_the_same_states_are_drawn_from_and_to_one_frame() -> None:
    boxes, arrows, _ = mermaid(draw(_library()))

    assert boxes == {**{str(book): str(book) for book in Book}, "group_1": "several"}
    assert arrows == {
        ("[*]", "ordered", "begin"),
        ("ordered", "on_the_shelf", "go"),
        ("on_the_shelf", "in_the_room", "go"),
        ("in_the_room", "lent_out", "go"),
        ("group_1", "sold", "sell"),
        ("at_the_binder", "sold", "sell"),
        ("group_1", "at_the_binder", "bind"),
        ("at_the_binder", "group_1", "take (system, back)"),
        ("sold", "group_1", "take (back)"),
        ("sold", "at_the_binder", "take (back)"),
    }


def test_the_states_and_the_arrows_between_them_stand_in_the_frame_the_last_state_first() -> None:
    label, within = frame(draw(_library(), language="vi"))

    assert label == "Một trong các trạng thái này"
    assert within.splitlines() == [
        '    state "lent_out" as lent_out',
        '    state "in_the_room" as in_the_room',
        '    state "on_the_shelf" as on_the_shelf',
        "    on_the_shelf --> in_the_room : go",
        "    in_the_room --> lent_out : go",
    ]
    _, arrows, _ = mermaid(draw(_library(), language="vi"))
    assert ("at_the_binder", "group_1", "take (hệ thống, về trạng thái trước)") in arrows


def test_a_state_in_the_frame_is_lit() -> None:
    _, _, classes = mermaid(draw(_library(), present="in_the_room"))
    assert classes == {"present": {"in_the_room"}}

    boxes, _ = dot(draw(_library(), "dot", present="in_the_room"))
    assert [box for box, attributes in boxes.items() if "penwidth=3" in attributes] == [
        "in_the_room"
    ]


def test_no_frame_is_drawn_around_a_state_that_leads_to_itself() -> None:
    desk = (Party("desk"),)
    library = _library(Transition(Jump, Book.READ, UNCHANGED, by=desk))
    assert "group_1" in draw(library)
    assert "group_1" not in draw(library, unchanged=True)

    _, arrows, _ = mermaid(draw(_library(Transition(Jump, HERE, Book.LENT, by=desk))))
    assert {start for start, _, told in arrows if "jump" in told} == {*HERE}
    assert not any("group_1" in arrow for arrow in arrows)


def test_two_states_are_no_frame_and_rows_left_out_make_none() -> None:
    assert "group_1" not in draw(LENDING)
    assert "group_1" not in draw(LENDING, "dot")

    alone = Transition(Sell, (Odd.NOTE, Odd.HYPHEN, Odd.BOX), Odd.PLAIN, by=(Party("system"),))
    assert "as group_1 {" in draw(_odd(alone))
    assert "as group_1 {" not in draw(_odd(alone), system=False)


def test_of_lists_that_save_as_much_the_first_is_framed() -> None:
    anybody = (Party("anybody"),)
    rows = [
        Transition(Sell, (Odd.NOTE, Odd.HYPHEN, Odd.LETTERS), Odd.PLAIN, by=anybody),
        Transition(Take, (Odd.HYPHEN, Odd.LETTERS, Odd.BOX), Odd.NOTE, by=anybody),
    ]
    for first, second in (rows, rows[::-1]):
        _, arrows, _ = mermaid(draw(_odd(first, second)))
        assert {told for start, _, told in arrows if start == "group_1"} == {name_of(first.command)}


def test_words_on_an_arrow_do_not_end_its_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "say", lambda *_: "back:\nhere; now")

    assert "sold --> group_1 : take (back#58; here#59; now)\n" in draw(_library())


# --- DOT


def test_dot_has_the_same_boxes_and_arrows() -> None:
    boxes, arrows = dot(draw(LENDING, "dot"))
    known, drawn, _ = mermaid(draw(LENDING))

    assert boxes.keys() == {*known, "[*]"}
    assert {(start, end) for start, end, _ in arrows} == {
        (start, end) for start, end, _ in drawn if end != "[*]"
    }


def test_dot_cuts_the_arrows_of_the_last_state_at_the_frame() -> None:
    text = draw(_library(), "dot")
    boxes, arrows = dot(text)
    cut = {arrow: attributes for arrow, attributes in arrows.items() if "cluster" in attributes}

    label, within = frame(text)
    assert label is None
    assert within.splitlines() == [
        '    graph [label="several" style=rounded fontname="sans-serif"]',
        '    "on_the_shelf" [label="on_the_shelf"]',
        '    "in_the_room" [label="in_the_room"]',
        '    "lent_out" [label="lent_out"]',
    ]
    assert boxes.keys() == {*map(str, Book), "[*]"}
    assert "graph [compound=true newrank=true]" in text
    assert cut == {
        ("lent_out", "sold", "sell"): 'ltail="cluster_group_1"',
        ("lent_out", "at_the_binder", "bind"): 'ltail="cluster_group_1"',
        ("at_the_binder", "lent_out", "take\\n(back)"): 'lhead="cluster_group_1" style=dotted',
        ("sold", "lent_out", "take\\n(back)"): 'lhead="cluster_group_1"',
    }
    assert len(arrows) == 10


def test_dot_draws_the_rows_of_the_system_dotted_or_not_at_all() -> None:
    _, arrows = dot(draw(LENDING, "dot"))
    dotted = {arrow for arrow, attributes in arrows.items() if attributes == "style=dotted"}
    assert dotted == {("in_line", "asked_for", "offer")}

    _, arrows = dot(draw(LENDING, "dot", system=False))
    assert not any(arrows.values())


def test_dot_lights_the_present_state_and_rings_the_closed_ones() -> None:
    boxes, _ = dot(draw(LENDING, "dot", present="held_back"))

    assert [box for box, attributes in boxes.items() if "penwidth=3" in attributes] == ["held_back"]
    assert [box for box, attributes in boxes.items() if "peripheries=2" in attributes] == [
        "given_back",
        "never_seen_again",
    ]
    assert [box for box, attributes in boxes.items() if 'style="dashed"' in attributes] == [
        "box_1",
        "box_2",
    ]


def test_dot_writes_the_commands_of_an_arrow_below_each_other() -> None:
    assert '"state_5" -> "ended" [label="go\\njump"]' in draw(_odd(), "dot")
    assert draw(_odd(), "dot").startswith('digraph "\\"odd\\"" {')


# --- asked wrongly


def test_an_unknown_present_state_is_refused_with_the_near_match() -> None:
    with pytest.raises(LifecycleError) as caught:
        draw(LENDING, present="lent_ou")
    assert caught.value.data["problem"] == "unknown state 'lent_ou'; did you mean 'lent_out'?"


def test_an_unknown_style_is_an_error() -> None:
    style: Any = "svg"
    with pytest.raises(ValueError, match="style is 'mermaid' or 'dot', not 'svg'"):
        draw(LENDING, style)


# --- with the words that there are


def test_the_words_of_the_library_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "say", say)

    for language in ("vi", "en"):
        boxes, _, _ = mermaid(draw(LENDING, language=language))
        assert boxes["lent_out"] == "lent_out"
        assert boxes["box_1"] == say("diagram", "any_open", language)


def test_a_picture_of_rows_from_everywhere_stays_small() -> None:
    everywhere = Transition(Begin, any_but(), UNCHANGED, by=(Party("anybody"),))
    _, arrows, _ = mermaid(draw(_odd(everywhere), unchanged=True))

    assert ("box_1", "box_1", "begin") in arrows
    assert len(arrows) == 1 + 5 + 1 + 1
