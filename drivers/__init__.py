"""How bytes move: the drivers of the devices, each run in a process of its own, with pure codecs beside the input and output."""
