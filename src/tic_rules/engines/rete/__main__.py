"""The worker process of `isolated=True`: `python -m tic_rules.engines.rete`."""

import sys

from tic_rules.engines.rete.worker import serve

serve(sys.stdin, sys.stdout)
