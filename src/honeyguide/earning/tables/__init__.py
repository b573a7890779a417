"""Tables of deals and projects: which column is what, and what each row says (G1.5)."""
