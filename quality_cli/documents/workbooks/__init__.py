"""Workbooks for people: results, marked-up copies."""
