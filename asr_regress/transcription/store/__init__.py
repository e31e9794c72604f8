"""Transcripts, facts of recordings and what went wrong with either, kept in one SQLite file over runs."""
