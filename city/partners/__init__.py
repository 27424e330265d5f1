"""Departments' own systems: what happened to their cases is pushed to them, and fetched by them with the rights that they were given."""
