"""Open cases of an item are moved from one version's route to a newer one's, seen through first and then one by one."""
