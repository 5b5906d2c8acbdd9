"""``python -m bot`` is the `assistant` command."""

import sys

from bot.commands.main import main

sys.exit(main())
