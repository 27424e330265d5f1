"""Which terminals the city admits."""
