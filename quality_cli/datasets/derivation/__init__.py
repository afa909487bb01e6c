"""What needs other rows and tables: joined sheets, repeated rows, derived columns."""
