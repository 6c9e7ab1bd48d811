"""A hospital's own system: it confirms orders and records their payment and cancellation."""
