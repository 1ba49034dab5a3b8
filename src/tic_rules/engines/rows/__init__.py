"""Single rows of flat facts, with the columns of tables: `function` writes one Python function for a rule
set and its columns."""

from tic_rules.engines.rows.function import Row, RowFunction, function_of

__all__ = ["Row", "RowFunction", "function_of"]
