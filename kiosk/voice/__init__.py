"""What is said, and by which engine: the terminal for ears. Pure but for the engines."""
