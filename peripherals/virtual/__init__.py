"""Virtual hardware: each device is its own process that speaks the real protocol and takes orders on a control socket.

The drivers cannot tell it from the real thing. Demo, training and tests all use it, from a person's hand or from a program.
"""
