"""What makes eight hours at the desk bearable: filters of one's own, many at once, and entry for whoever stands there."""
