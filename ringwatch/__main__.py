"""`python -m ringwatch` and `ringwatch`."""

import sys

from ringwatch.cli import main

if __name__ == "__main__":
    sys.exit(main())
