"""What terminals speak to. The messages and their rules are in `sync.contract`; here they meet HTTP."""
