"""Writing prices, the matrix, quotes, exchanges, campaigns and plans."""
