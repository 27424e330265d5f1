"""The parts with which answers are given: fields, keys, candidates, pads, the day's columns and the choices."""
