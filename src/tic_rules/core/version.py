VERSION = "0.1.0"
"""The version of the package, told in every report."""
