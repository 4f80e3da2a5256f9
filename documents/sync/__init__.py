"""The sync socket of documents: `/documents/<uuid>/sync`. Prose: docs/protocol/documents.md."""
