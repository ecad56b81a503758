//! Catalog of bundled and loaded plugins, inspection, loading, and the proxy that counts evaluations.
