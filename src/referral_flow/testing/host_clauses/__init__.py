"""The clauses of the contract of hosts."""
