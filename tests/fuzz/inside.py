"""The process in which atheris fuzzes one target: `python -m tests.fuzz.inside TARGET CORPUS -atheris_runs=N ...`."""

import sys

import atheris

with atheris.instrument_imports(include=["drivers", "kiosk.scanning", "tests.fuzz"]):  # the rest would only be slower
    from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    program, name, *more = sys.argv
    target = TARGETS[name]
    atheris.Setup([program, *more], lambda data: target(bytes(data)))
    atheris.Fuzz()
