"""`python -m winback` is the same as `winback`."""

import sys

from winback.cli import main

if __name__ == "__main__":
    sys.exit(main())
