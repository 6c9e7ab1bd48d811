"""The whole stack on this machine: `python -m infra.local run|up|down|update|reset|seed|status|operate|trace`."""
