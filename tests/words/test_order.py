"""The order of Vietnamese words, and the search without diacritics."""

from __future__ import annotations

import random
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_flow.words.order import folded, vietnamese_key

LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
VIETNAMESE = st.text(
    st.sampled_from(
        LETTERS
        + LETTERS.upper()
        + "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ 019-./"
    )
)
ANY = st.one_of(VIETNAMESE, st.text())


@pytest.mark.parametrize(
    "ordered",
    [
        list(LETTERS),
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["a", "à", "ạ", "ă", "ằ", "ặ", "â", "ầ", "ậ", "b"],
        ["An", "Ân", "Bình", "Cường", "Dung", "Đạt", "Em"],
        ["Hòa", "Hóa", "Hoàn", "Hoàng", "Hùng", "Hưng", "Ích"],
        ["Đặng Văn An", "Đặng Văn Ẩn", "Đinh Thị Hoa", "Đỗ Minh", "Giang"],
        ["Khối 1", "Khối 2", "khu", "Khu"],
        ["an", "An", "AN", "án"],
        ["An Bình", "Anh"],
        ["Ninh", "Nguyễn"][::-1],
        ["Nghi Phong", "Nghi Phú", "Nghi Thạch", "Nghĩa Đàn"],
        ["", "1", "a", "z", "ø", "п"],
    ],
)
def test_words_stand_as_in_a_vietnamese_dictionary(ordered: list[str]) -> None:
    mixed = ordered[:]
    random.Random(22).shuffle(mixed)
    assert sorted(mixed, key=vietnamese_key) == ordered
    decomposed = [normalize("NFD", word) for word in mixed]
    assert [normalize("NFC", word) for word in sorted(decomposed, key=vietnamese_key)] == ordered


@given(ANY)
def test_nfc_and_nfd_stand_at_the_same_place(text: str) -> None:
    assert vietnamese_key(normalize("NFC", text)) == vietnamese_key(normalize("NFD", text))


@given(ANY, ANY)
def test_the_order_is_total(one: str, other: str) -> None:
    same = normalize("NFC", one) == normalize("NFC", other)
    assert (vietnamese_key(one) == vietnamese_key(other)) is same
    assert (vietnamese_key(one) < vietnamese_key(other)) is not (
        vietnamese_key(one) >= vietnamese_key(other)
    )


@given(st.lists(ANY))
def test_sorting_does_not_depend_on_where_one_begins(texts: list[str]) -> None:
    composed = [normalize("NFC", text) for text in texts]
    turned = composed[::-1]
    assert sorted(turned, key=vietnamese_key) == sorted(composed, key=vietnamese_key)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Đặng Thị Ngọc Ánh", "dang thi ngoc anh"),
        ("Nguyễn Phước Quỳnh Như", "nguyen phuoc quynh nhu"),
        ("  Phường   Hưng Dũng ", "phuong hung dung"),
        ("15/GT", "15/gt"),
    ],
)
def test_a_search_needs_no_diacritics(text: str, plain: str) -> None:
    assert folded(text) == plain
    assert folded(normalize("NFD", text)) == plain


@given(ANY)
def test_folding_is_the_same_for_both_forms_and_when_repeated(text: str) -> None:
    assert folded(normalize("NFC", text)) == folded(normalize("NFD", text))
    assert folded(folded(text)) == folded(text)
