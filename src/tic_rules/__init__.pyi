from tic_rules.api import *  # noqa: F403 - for type checkers: the one list of public names is that of `api`

__version__: str
