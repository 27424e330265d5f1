"""The update channel: a TUF repository of static files, the keys that sign it, and the rollout documents in it."""
