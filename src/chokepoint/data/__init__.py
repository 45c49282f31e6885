"""Load a table at a release, check it against its schema, ingest a publisher's release."""
