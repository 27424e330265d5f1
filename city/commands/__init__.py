"""The words of the command `city`, one module each."""
