"""The main job shown end to end: a city, a terminal, virtual hardware, and a resident who is a person or a script."""
