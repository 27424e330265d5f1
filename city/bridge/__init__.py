"""A city's existing platform behind the terminals' contract: cases are handed over to it, and its decisions come back as ours."""
