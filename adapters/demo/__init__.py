"""A company to try Rapport on: made up, or from one's own files. Only its own database has a clock that moves.

Every command imports this package for its clock, so it imports nothing itself.
"""
