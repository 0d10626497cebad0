"""DuckDB: tables, load, models, checks, publication. Beside it, git-ignored, the data files."""
