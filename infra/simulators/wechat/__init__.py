"""WeChat Pay v3: Native orders, queries, closes, refunds and notifications, signed and encrypted as the real one does."""
