"""python -m tic_rules"""

from tic_rules.cli import main

if __name__ == "__main__":
    main()
