"""Pure: references, digests, documents, challenges. What comes from a registry is not believed."""
