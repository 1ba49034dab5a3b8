"""The worker process of `isolated=True`: `python -m tic_rules.engines.durable`."""

import sys

from tic_rules.engines.durable.worker import serve

serve(sys.stdin, sys.stdout)
