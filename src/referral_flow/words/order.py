"""The order of Vietnamese words, and their form for a search without diacritics."""

from __future__ import annotations

from unicodedata import combining, normalize

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_SHAPED = {normalize("NFD", letter): letter for letter in "ăâêôơư"}
# Delete and the C1 controls: code points free for letters, after ASCII and before the rest.
_WEIGHT = str.maketrans({letter: chr(0x7F + place) for place, letter in enumerate(_ALPHABET)})
# Huyền, hỏi, ngã, sắc, nặng; ngang is no mark at all and comes first.
_TONE = {mark: chr(1 + place) for place, mark in enumerate("\u0300\u0309\u0303\u0301\u0323")}

Key = tuple[str, tuple[str, ...], str, str]


def vietnamese_key(text: str) -> Key:
    """Give the key by which `text` is sorted: letters, then tones, small before capital.

    NFC and NFD of a text have the same key; two texts that differ otherwise never have.
    """
    composed = normalize("NFC", text)
    letters: list[str] = []
    tones: list[str] = []
    for sign in normalize("NFD", composed.casefold()):
        if not letters or not combining(sign):
            letters.append(sign)
            tones.append("")
        elif (shaped := _SHAPED.get(letters[-1] + sign)) is not None:
            letters[-1] = shaped
        else:
            tones[-1] += _TONE.get(sign, sign)
    # Capitals have the lower code points; swapped, they come last.
    return "".join(letters).translate(_WEIGHT), tuple(tones), composed.swapcase(), composed


def folded(text: str) -> str:
    """Give `text` without diacritics, case and needless spaces: `Đặng  Ân` as `dang an`."""
    plain = normalize("NFD", text.casefold()).replace("đ", "d")
    return " ".join("".join(sign for sign in plain if not combining(sign)).split())
