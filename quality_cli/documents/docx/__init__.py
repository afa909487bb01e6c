"""Markdown to DOCX on a blank."""
