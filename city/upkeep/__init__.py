"""Technicians: who may open a terminal's maintenance menu, and what they did there."""
