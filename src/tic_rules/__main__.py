"""The command tic-rules, and python -m tic_rules."""

import sys


def main() -> None:
    """Run the program; one that is interrupted while it is being loaded ends as quietly as later on."""
    try:
        from tic_rules.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
