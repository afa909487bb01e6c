"""What the engine must find, the slow and obvious way, row by row: for tests only.

``quantities`` counts figures over rows that are taken for whole, ``reports`` tells which reports are owed, what has
come of them, and what that makes of a figure. Written from the definitions, not from the engine; shares with it nothing
but the types.
"""
