"""Write the lists anew from the newest packages: see infra/data/README.md for the command."""

from __future__ import annotations

from infra.functions import ROOT
from infra.lists.mobiles import mobile_prefixes
from infra.lists.scripts import script_table
from infra.lists.states import issuing_states

_DOMAIN = ROOT / "layers" / "core" / "python" / "guahao" / "domain"

if __name__ == "__main__":
    (_DOMAIN / "people" / "issuing_states.py").write_text(issuing_states())
    (_DOMAIN / "people" / "mobile_prefixes.py").write_text(mobile_prefixes())
    (_DOMAIN / "script_table.py").write_text(script_table())
