"""report.html: the report a person opens."""
