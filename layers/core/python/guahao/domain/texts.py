"""Names and places: how they are written, which are none, and how they are compared. What is shown is never converted, but for its dots."""

from __future__ import annotations

import re
import unicodedata

from guahao.domain.script_table import CHARACTERS, STANDING_FOR_THEM

# The dot in names of minorities has one code, U+00B7; keyboards and systems write these for it.
_DOT = "·"
_DOTS = dict.fromkeys(map(ord, "•・．‧･∙⋅"), _DOT)
_SCRIPT = str.maketrans(CHARACTERS, STANDING_FOR_THEM)
# Variation selectors pick one shape of the character before them: ideographs have them in names, and two shapes are one name.
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Unicode's Default_Ignorable_Code_Point without the selectors, control characters, separators of lines and halves of characters, and the
# blank that is none by name.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff"
    "\uffa0\ufff0-\uffff\ud800-\udfff\U000110bd\U000110cd\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_LINK = re.compile(
    r"://|\bwww\.|\b\d{1,3}(\.\d{1,3}){3}\b"
    r"|\w\.(cn|com|net|org|cc|top|xyz|io|me|vip|info|biz|co|ly|gl|hk|tw|mobi|shop|site|online|club|link|ltd|app|中国|公司|网络)(?![a-z0-9])"
)


def with_usual_dots(text: str) -> str:
    """Return the text with U+00B7 for every dot that stands between the parts of a name (notice of 12 ministries, 2016)."""
    return text.translate(_DOTS)


def name_fault(text: str) -> str:
    """Return why nobody and nothing can be called so, nothing if that is a name or a place; rare ideographs and their variants are."""
    if _UNSEEN.search(text) or _stray_selector(text):
        return "holds a character that cannot be seen or that changes the direction of writing"
    if not any(map(_is_readable, text)):
        return "holds no letter and no digit"
    if _LINK.search(unicodedata.normalize("NFKC", text).casefold()):
        return "holds a link"
    return ""


def text_fault(text: str) -> str:
    """Return what is wrong with a text of several lines, which may be empty and name an address of the web."""
    unseen = _UNSEEN.search(re.sub(r"[\t\r\n]", "", text)) or _stray_selector(text)
    return "holds a character that cannot be seen or that changes the direction of writing" if unseen else ""


def folded(text: str) -> str:
    """Return the text as searches compare it: case, width, dots, variants, and traditional or simplified script make no difference."""
    plain = unicodedata.normalize("NFKC", _SELECTORS.sub("", with_usual_dots(text)))
    return plain.casefold().translate(_SCRIPT).strip()


def same_name(one: str, other: str) -> bool:
    """Tell whether two writings are one person's name: as a search compares, and without dots and spaces."""
    return name_mark(one) == name_mark(other)


def name_mark(name: str) -> str:
    """Return what two writings of one person's name have in common."""
    return "".join(folded(name).replace(_DOT, "").split())


def _is_readable(character: str) -> bool:
    return character.isalnum() or _is_ideograph(character)


def _is_ideograph(character: str) -> bool:
    """Tell whether the character is an ideograph: planes 2 and 3 have no others, also where this Unicode knows less than the newest."""
    code = ord(character)
    return 0x20000 <= code < 0x40000 or unicodedata.name(character, "").startswith("CJK ")


def _stray_selector(text: str) -> bool:
    return any(found.start() == 0 or not _is_ideograph(text[found.start() - 1]) for found in _SELECTORS.finditer(text))
