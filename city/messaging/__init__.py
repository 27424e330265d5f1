"""Messages to residents about their case: only the way they chose, never with details, each once."""
