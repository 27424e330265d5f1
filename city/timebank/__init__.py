"""The time bank (时间银行): hours that residents give each other, in a ledger that always balances."""
