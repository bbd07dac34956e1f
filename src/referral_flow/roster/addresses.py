"""A list of addresses as a sheet: recipient (`member:m-1`, `committee:r-7`) and address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from referral_flow.roster.faults import BadCell, UnusableFile
from referral_flow.roster.headings import Columns
from referral_flow.roster.opening import naming, open_sheet
from referral_flow.roster.sources import Line
from referral_flow.roster.values import is_empty, text_of

RECIPIENT, ADDRESS = "recipient", "address"
COLUMNS = Columns(
    {
        RECIPIENT: ("recipient", "nguoi nhan", "noi nhan"),
        ADDRESS: ("address", "email", "e mail", "dia chi", "thu dien tu", "dia chi thu dien tu"),
    },
    optional=(),
)
KINDS = ("member:", "committee:")
_SHOWN = 12


def read_addresses(path: Path) -> Callable[[str], Sequence[str]]:
    """Give the addresses of each recipient; several rows of one are several addresses.

    Raises UnusableFile for a file that is none, and with the lines that cannot be used: a
    message must not become a dead letter for a slip of the pen. No address is in it.
    """
    sheet = open_sheet(path, COLUMNS)
    found: dict[str, list[str]] = {}
    wrong: list[int] = []
    with naming(path):
        for line in sheet.source.lines():
            if line.number <= sheet.header.line or all(is_empty(cell) for cell in line.cells):
                continue
            recipient = _text(line, sheet.header.place[RECIPIENT])
            address = _text(line, sheet.header.place[ADDRESS])
            kind = next((kind for kind in KINDS if recipient.startswith(kind)), recipient)
            if line.broken or not address or recipient == kind:
                wrong.append(line.number)
            else:
                found.setdefault(recipient, []).append(address)
        if wrong:
            raise UnusableFile("bad_addresses", lines=wrong[:_SHOWN], count=len(wrong))
    return lambda recipient: tuple(found.get(recipient, ()))


def _text(line: Line, place: int) -> str:
    try:
        return text_of(line.cells[place], ADDRESS).strip() if place < len(line.cells) else ""
    except BadCell:
        return ""
