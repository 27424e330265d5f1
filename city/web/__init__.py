"""What every page shares: the guard at the door, the frame around the page, and the pages for when something is wrong."""
