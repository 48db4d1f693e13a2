"""Changes of the tables, one a file; run by `sesamoid.server.store.migrating`."""
