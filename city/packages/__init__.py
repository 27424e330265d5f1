"""Item packages as people write them: drafts, a second person's look, signing, versions, withdrawal (准入)."""
