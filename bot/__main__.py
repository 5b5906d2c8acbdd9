"""``python -m bot`` is the `assistant` command."""

import sys

from bot.cli import main

sys.exit(main())
