"""`python -m ringwatch` and `ringwatch`."""

import sys

from ringwatch.later import nothing_to_sweep

with nothing_to_sweep():
    from ringwatch.cli import main

if __name__ == "__main__":
    sys.exit(main())
