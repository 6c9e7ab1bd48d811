"""Write the papers that come from the code: `python -m infra.documents [--check]`."""

from __future__ import annotations

from pathlib import Path

from infra.documents import aws, data_model, decisions, order_states, rooms
from infra.documents.markdown import with_parts
from infra.functions import ROOT
from infra.generated import write_or_check_all

DOCS = ROOT / "docs"
ARCHITECTURE, OPERATIONS = DOCS / "architecture.md", DOCS / "operations.md"


def documents() -> dict[Path, str]:
    """Return the text of each file that is written from the code, as a whole or in parts."""
    house = {"rooms": rooms.picture(), "shelves": rooms.shelves(), "aws": aws.picture(), "triggers": aws.triggers(), "access": aws.access()}
    return {
        ARCHITECTURE: with_parts(ARCHITECTURE.read_text(), house),
        DOCS / "data-model.md": data_model.document(),
        DOCS / "order-states.md": order_states.document(),
        OPERATIONS: with_parts(OPERATIONS.read_text(), {"parameters": aws.parameters()}),
        ROOT / "infra" / "decisions" / "README.md": decisions.document(),
    }


def main() -> None:
    """Write the documents, or with --check fail if a stored one is another."""
    write_or_check_all(documents(), __doc__)


if __name__ == "__main__":
    main()
