"""Commands that measure and compare; no part of the product."""
