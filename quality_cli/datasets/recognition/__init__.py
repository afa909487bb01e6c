"""A raw sheet to a recognised one: its header, its layout, what the texts around the table say."""
