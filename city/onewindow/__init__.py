"""The one window in front: applications come in, are looked at and decided."""
