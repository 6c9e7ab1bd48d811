"""Stand-ins for the systems of others: each speaks its protocol as the real one does and has a page of its own."""
