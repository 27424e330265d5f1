"""The bytes of ESC/POS, with no input or output: what is sent to a receipt printer and what its answers mean."""
