"""Files from before Unicode: which of the old encodings one probably has, to be able to say so."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_FROM_TCVN3 = {first + n: sign for first, run in _TCVN3.items() for n, sign in enumerate(run)}

_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT, _HAT, _BREVE = "\u0300\u0301\u0309\u0303\u0323\u0302\u0306"
_VNI_MARKS = {
    0xF8: _GRAVE, 0xF9: _ACUTE, 0xFB: _HOOK, 0xF5: _TILDE, 0xEF: _DOT,
    0xE2: _HAT, 0xE0: _HAT + _GRAVE, 0xE1: _HAT + _ACUTE, 0xE5: _HAT + _HOOK,
    0xE3: _HAT + _TILDE, 0xE4: _HAT + _DOT,
    0xEA: _BREVE, 0xE8: _BREVE + _GRAVE, 0xE9: _BREVE + _ACUTE, 0xFA: _BREVE + _HOOK,
    0xFC: _BREVE + _TILDE, 0xEB: _BREVE + _DOT,
}  # fmt: skip
_FROM_VNI = {
    **_VNI_MARKS,
    # The same marks over capitals lie 32 places lower.
    **{sign - 0x20: marks for sign, marks in _VNI_MARKS.items()},
    0xF1: "đ", 0xD1: "Đ", 0xF4: "ơ", 0xD4: "Ơ", 0xF6: "ư", 0xD6: "Ư",
    0xED: "í", 0xEC: "ì", 0xC6: "ỉ", 0xF3: "ĩ", 0xF2: "ị", 0xEE: "ỵ",
    0xCD: "Í", 0xCC: "Ì", 0xD3: "Ĩ", 0xD2: "Ị", 0xCE: "Ỵ",
}  # fmt: skip

_SYLLABLE = re.compile(
    r"(?:b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    r"[aăâeêioôơuưy]{1,3}(?:ch?|m|ng?|nh|p|t)?"
)
_TONES = {_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT}
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 0.6

SIGNS_OF_TCVN3 = frozenset("¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾×÷")
"""What Vietnamese in a TCVN3 font (.VnTime) looks like in Unicode: no name has these."""


def guess(data: bytes) -> tuple[str, str]:
    """Give the probable encoding of bytes that are no UTF-8, and the text read by it.

    The name is "TCVN3", "VNI", "windows-1258", or empty where none fits.
    """
    latin = data.decode("latin-1")
    readings = {
        "TCVN3": latin.translate(_FROM_TCVN3),
        "VNI": normalize("NFC", latin.translate(_FROM_VNI)),
        "windows-1258": normalize("NFC", data.decode("cp1258", "replace")),
    }
    shares = {name: _share(text) for name, text in readings.items()}
    best = max(shares, key=lambda name: shares[name])
    return (best, readings[best]) if shares[best] >= _ENOUGH else ("", latin)


def _share(text: str) -> float:
    """Give how many of the words with diacritics are syllables of Vietnamese."""
    words = [w for w in _WORD.findall(text) if not w.isascii()]
    return sum(map(_is_syllable, words)) / len(words) if words else 0.0


def _is_syllable(word: str) -> bool:
    signs = normalize("NFD", word.lower())
    tones = sum(sign in _TONES for sign in signs)
    toneless = normalize("NFC", "".join(sign for sign in signs if sign not in _TONES))
    if tones > 1 or any(combining(sign) for sign in toneless):
        return False
    return _SYLLABLE.fullmatch(toneless) is not None
