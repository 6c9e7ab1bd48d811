"""The states that issue passports, from pycountry."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version

from infra.lists.source import module


def issuing_states() -> str:
    """Return the module that lists the three letters of ISO 3166-1."""
    # By name: only who writes the list has the package.
    codes = sorted(country.alpha_3 for country in import_module("pycountry").countries)
    said = f"States by the three letters of ISO 3166-1, from pycountry {version('pycountry')}: written by `python -m infra.lists`."
    return module(said, "ISSUING_STATES", codes)
