"""Commands for who runs the platform: `python -m infra.operate COMMAND`, on the local stack `python -m infra.local operate COMMAND`."""
