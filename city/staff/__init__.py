"""The people behind the counter."""
