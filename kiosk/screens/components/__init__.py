"""The parts that screens are made of. Each one measures itself first and is then given its place, in whole pixels, in one pass."""
