"""What leaves and enters the terminal: sealing, the outbox, the client and the loop that drives them."""
