"""Write the migration from the newest revision to the models: `python -m bot.store.migrations "what it
does"`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from bot.store.engine import WRITES, build_engine
from bot.store.migrate import alembic_config, migrate


def main(words: list[str]) -> int:
    """Compare the models with a fresh database and write the next numbered revision; returns the exit
    status."""
    if not words:
        print(__doc__, file=sys.stderr)
        return 2
    number = 1 + len([path for path in (Path(__file__).parent / "versions").glob("[0-9]*.py")])
    with tempfile.TemporaryDirectory() as folder:
        engine = build_engine(f"sqlite:///{folder}/new.db")
        if number > 1:
            migrate(engine)
        with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            config = alembic_config()
            config.attributes["connection"] = connection
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            command.revision(config, " ".join(words), autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
