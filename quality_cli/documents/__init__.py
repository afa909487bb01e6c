"""View models, Markdown to DOCX, charts, workbook: how results are told."""
