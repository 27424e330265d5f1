"""Bills of public utilities: the way to their providers, payments, and reconciliation."""
