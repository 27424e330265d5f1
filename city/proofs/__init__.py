"""Certificates that the city issues at once: asked for at a terminal, checked by anybody, taken back by the desk."""
