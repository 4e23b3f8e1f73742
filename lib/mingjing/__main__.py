"""`python -m mingjing`."""

import sys

from mingjing.cli import main

sys.exit(main())
