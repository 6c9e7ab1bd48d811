"""CloudFormation templates as dictionaries, with the short forms of its functions written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from samtranslator.yaml_helper import intrinsics_multi_constructor  # type: ignore[import-untyped]


class _Loader(yaml.CSafeLoader):  # type: ignore[misc]
    """The loader that is written in C: SAM's own takes ten times as long."""


_Loader.add_multi_constructor("!", intrinsics_multi_constructor)


def read(path: Path) -> dict[str, Any]:
    """Return the template of a file."""
    template: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506 - it is a safe loader
    return template
