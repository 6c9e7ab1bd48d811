"""Serve the simulated hospital systems: `python -m infra.simulators.hospital --port N --state DIR`."""

from __future__ import annotations

from infra.simulators.asgi import parser, run
from infra.simulators.hospital.app import Simulator


def main() -> None:
    """Serve until told to stop."""
    given = parser("hospital").parse_args()
    run(Simulator(given.state).app(), given.port)


if __name__ == "__main__":
    main()
