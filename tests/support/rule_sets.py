"""Rule sets of our own, made of the packaged text: what the rules of 1999 do not have."""

from __future__ import annotations

from importlib.resources import files

from referral_flow import hookimpl

NAME = "directive-22-1999"
TEXT = files("referral_flow.domain.rules").joinpath(f"{NAME}.toml").read_text(encoding="utf-8")

OURS = "ours-2021"
DERIVING = "ours-2022"
GROUNDS = ("barracks", "away", "study")


def changed(name: str, **lines: str) -> str:
    """Give the packaged text under another name, with the values of some keys changed."""
    text = _changed(TEXT, "name", f'"{name}"', "=")
    for key, value in lines.items():
        text = _changed(text, key, value, "= { value =")
    return text


def _changed(text: str, key: str, value: str, sign: str) -> str:
    """Change the one line that gives a key its value."""
    found = [line for line in text.splitlines() if line.startswith(f"{key} {sign} ")]
    assert len(found) == 1, (key, found)
    rest = "" if sign == "=" else f", source = {found[0].partition(', source = ')[2]}"
    return text.replace(found[0], f"{key} {sign} {value}{rest}")


class RuleSets:
    """A plugin that brings them."""

    @hookimpl
    def referral_flow_rule_sets(self) -> dict[str, str]:
        """Give one with exemption and countersigning, one that asks the Front and derives."""
        grounds = "[" + ", ".join(f'"{ground}"' for ground in GROUNDS) + "]"
        return {
            OURS: changed(OURS, grounds=grounds, countersign="true"),
            DERIVING: changed(
                DERIVING, front="true", derived="true", spoils='["consider_handling"]'
            ),
        }
