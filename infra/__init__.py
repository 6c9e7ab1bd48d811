"""What runs around the product: templates, the local stack, seeds and simulators."""
