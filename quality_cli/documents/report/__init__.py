"""Reference documents: their description, report model, templates, charts."""
