"""What the engine must find, the slow and obvious way, row by row: for tests only.

``quantities`` counts figures; ``reports`` tells which reports are owed and what has come of them, ``reported`` what
that makes of a figure, ``strata`` which rows are told for somebody's silence alone, ``values`` what a row says and is
worth. Written from the definitions, not from the engine; shares with it nothing but the types.
"""
