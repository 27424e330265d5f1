"""`make bench`: runs every measurement in a process of its own, one after another."""

import pkgutil
import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Return 1 when one of them could not be taken."""
    wanted = sys.argv[1:]
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if not module.name.startswith("_")]
    failed = []
    for name in wanted or sorted(names):
        print(f"# {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"# could not be taken: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
