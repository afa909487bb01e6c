"""Statistics for groups of three to a few thousand, of the standard library alone: numbers in, numbers out.

Every method names where it was published; the tests compare each with another implementation or a published table.
"""
